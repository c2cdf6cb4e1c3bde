package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Wrong usage: one line that says what is possible, exit code 2. */
final class UsageErrorTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "export x -o y --opset 22 | invalid value for option '--opset': expected 21 or 23, got 22",
                "export x -o y --dtype fp8 | invalid value for option '--dtype': expected fp32, fp16 or bf16, got 'fp8'",
                "export x -o y --cache ring | invalid value for option '--cache': expected none, dynamic or static, got"
                        + " 'ring'",
                "export x -o y --cache static | --cache static and --max-len N: expected both or none, got --cache static",
                "export x -o y --max-len 8 | --cache static and --max-len N: expected both or none, got --cache dynamic"
                        + " --max-len 8",
                "export x -o y --cache static --max-len 0 | invalid value for option '--max-len': expected at least 1,"
                        + " got 0",
                "export x -o y --init zero | invalid value for option '--init': expected identity or random, got 'zero'",
                "export x -o y --seed one | invalid value for option '--seed': expected a whole number, got 'one'",
                "export x -o y --max-len 99999999999 | invalid value for option '--max-len': expected a whole number from"
                        + " -2147483648 to 2147483647, got '99999999999'",
                "export x -o y --init random | --init: expected preset:NAME with it, got x",
                "export x -o y --seed 1 | --seed: expected preset:NAME with it, got x",
                "export x y -o z | unexpected argument 'y'",
                "export x | missing required option: '--output=DIR'",
                "export -o y | missing required parameter: 'SOURCE'",
                "export x -o y --forse | unknown option: '--forse', did you mean --force?",
                "export preset:mta-330m -o y | preset:mta-330m: expected the name of a preset, the nearest are mta-300m,"
                        + " mta-550m, mta-880m; heddle presets lists all",
                "export preset: -o y | preset:: expected the name of a preset, the nearest are mta-1b, mta-toy, mta-300m;"
                        + " heddle presets lists all",
                "run x --input i --output o --chunks 5,0 | invalid value for option '--chunks': expected sizes from 1 up"
                        + " such as 5,1,1, got '5,0'",
                "run x --input i --output o --provider tpu | invalid value for option '--provider': expected cpu or cuda,"
                        + " got 'tpu'",
                "run x --input i --output o --ops fast | invalid value for option '--ops': expected auto, native or"
                        + " portable, got 'fast'",
                "run x --input i --output o --threads -1 | invalid value for option '--threads': expected 0 to 1024,"
                        + " got -1",
                "run x --input i --output o --threads 1025 | invalid value for option '--threads': expected 0 to 1024,"
                        + " got 1025",
                "generate x --tokens 1 --temperature hot | invalid value for option '--temperature': expected a number,"
                        + " got 'hot'",
                "generate x --tokens 1 --max-new-tokens -1 | invalid value for option '--max-new-tokens': expected at"
                        + " least 1, got -1",
                "generate x --tokens 1 --temperature -0.5 | invalid value for option '--temperature': expected a number"
                        + " of at least 0, got -0.5",
                "generate x --tokens 1 --temperature NaN | invalid value for option '--temperature': expected a number"
                        + " of at least 0, got NaN",
                "generate x --tokens 1 --top-k -1 | invalid value for option '--top-k': expected at least 0, got -1",
                "generate x --tokens 1 --top-p 1.5 | invalid value for option '--top-p': expected a number above 0 and at"
                        + " most 1, got 1.5",
                "generate x --tokens 1 --top-p 0 | invalid value for option '--top-p': expected a number above 0 and at"
                        + " most 1, got 0.0",
                "generate x --tokens 1,a | invalid value for option '--tokens' (IDS): expected a whole number, got 'a'",
                "demo --threads -1 | invalid value for option '--threads': expected 0 to 1024, got -1",
                "parity x y --batch 0 | invalid value for option '--batch': expected at least 1, got 0",
                "parity x y --length 0 | invalid value for option '--length': expected at least 1, got 0",
                "parity x y --rows -1 | invalid value for option '--rows': expected at least 0, got -1",
                "parity x y --top-k 5,0 | invalid value for option '--top-k': expected at least 1, got 0",
                "parity x | missing required parameter: 'B'",
                "parity --all | missing required parameters: 'A', 'B'",
                "parity x y --fuzz 3 | --fuzz: expected no A and B with it, which it makes itself, got x",
                "parity x y --repro z | --repro: expected --bisect with it, got none",
                "parity x y --seed 1 | --seed: expected preset:NAME with it, got x and y",
                "inspect x --batch 2 | --batch: expected --length with it, got none",
                "inspect x --text --length 2 | --length: expected no --text or --diff with it, which estimate no memory",
                "bench decode --prompt 3 | --prompt: expected with the subject model, and only with it",
                "bench decode --scratch x | --scratch: expected with the subject export, and only with it",
                "bench decode --shard-size 1MB | --shard-size: expected with the subject export, and only with it",
                "bench decode --seed 1 | --init and --seed: expected with the subject export, and only with it",
                "bench shift --case x | --case: expected with the subject attention, decode or length, and only with it",
                "bench decode --threads 0 | invalid value for option '--threads': expected 1 to 1024, got 0",
                "parity --fuzz 0 | invalid value for option '--fuzz': expected at least 1, got 0",
            })
    void arguments_thatAreWrong_areExplained(String arguments, String problem) {
        String command = arguments.substring(0, arguments.indexOf(' '));

        CommandRun run = CommandRun.of((Object[]) arguments.split(" "));

        run.assertMisused(problem + "; see heddle " + command + " --help");
    }

    @Test
    void prompt_thatIsMissing_isExplained() {
        CommandRun.of("generate", "x")
                .assertMisused("missing required argument (specify one of these): (--prompt=TEXT |"
                        + " --tokens=IDS[,IDS...] [--tokens=IDS[,IDS...]]...); see heddle generate --help");
    }

    @Test
    void prompt_asTextAndAsTokens_isExplained() {
        CommandRun.of("generate", "x", "--prompt", "a", "--tokens", "1")
                .assertMisused("--prompt=TEXT, --tokens=IDS are mutually exclusive (specify only one); see heddle"
                        + " generate --help");
    }

    @Test
    void path_thatIsEmpty_isRefused() {
        CommandRun.of("export", "x", "-o", "")
                .assertMisused(
                        "invalid value for option '--output': expected a path, got ''; see heddle export --help");
        CommandRun.of("export", "", "-o", folder.resolve("y"))
                .assertMisused("invalid value for positional parameter 'SOURCE': expected a path, got ''; see heddle"
                        + " export --help");
    }

    @Test
    void command_thatDoesNotExist_isExplained() {
        CommandRun.of("exprt")
                .assertMisused("unknown command 'exprt', did you mean export or presets?; see heddle" + " --help");
    }

    @Test
    void command_thatIsMissing_printsTheUsage() {
        CommandRun run = CommandRun.of();

        assertThat(run.err()).startsWith("Usage: heddle [-hV] [--stacktrace] COMMAND\n");
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void choice_inCapitalLetters_isUnderstood() {
        CommandRun run = CommandRun.of("export", folder.resolve("x"), "-o", folder.resolve("y"), "--cache", "NONE");

        run.assertFailed(folder.resolve("x") + ": expected a checkpoint folder or file, found none");
    }

    /** The list of commands shows the first line of each description only. */
    @Test
    void help_tellsOfEachCommandInAWholeSentence() {
        Map<String, CommandLine> commands = Heddle.commandLine().getSubcommands();

        assertThat(commands.values()).hasSize(10).allSatisfy(command -> assertThat(
                        command.getCommandSpec().usageMessage().description()[0])
                .endsWith("."));
    }

    @Test
    void help_namesDefaultsAsTheyAreTyped() {
        CommandRun run = CommandRun.of("export", "--help");

        assertThat(run.out())
                .contains("none, dynamic or static (default: dynamic)", "(default: fp32)", "21 or 23 (default: 23)");
        assertThat(run.exitCode()).isZero();
    }
}
