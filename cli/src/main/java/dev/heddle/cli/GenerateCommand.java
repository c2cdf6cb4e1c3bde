package dev.heddle.cli;

import dev.heddle.runtime.generate.FinishReason;
import dev.heddle.runtime.generate.GenerationOptions;
import dev.heddle.runtime.generate.LanguageModel;
import dev.heddle.runtime.generate.Sampling;
import dev.heddle.runtime.generate.Timings;
import dev.heddle.runtime.generate.Token;
import dev.heddle.runtime.generate.TokenStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle generate}: go on with a prompt. */
@Command(name = "generate", description = "Go on with a prompt.", mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Model folder or .onnx file.")
    private Path model = Path.of("");

    @ArgGroup(multiplicity = "1")
    private Prompt prompt = new Prompt();

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Tokens to make at most (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens = 64;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 takes the most likely token (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Sample from the K most likely tokens; 0 = all (default: 0).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Sample from the most likely tokens of this total probability (default: 1).")
    private double topP = 1;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same tokens (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--stream", description = "Print each token when it is there.")
    private boolean stream;

    @Mixin
    private SessionArguments session = new SessionArguments();

    @Spec
    private CommandSpec spec;

    /** What to go on with. */
    static final class Prompt {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "Text; the model folder must hold a tokenizer.")
        @Nullable
        private String text;

        @Option(names = "--tokens", paramLabel = "IDS", split = ",", description = "Token ids, for instance 1,2,3.")
        private List<Long> tokens = List.of();
    }

    @Override
    public Integer call() {
        checkRanges();
        warnOfNoEffect();
        try (LanguageModel opened = LanguageModel.open(model, session.options())) {
            long[] ids = prompt.text != null
                    ? opened.encode(prompt.text)
                    : prompt.tokens.stream().mapToLong(Long::longValue).toArray();
            GenerationOptions options = opened.options(maxNewTokens).withSampling(sampling());
            PrintWriter out = spec.commandLine().getOut();
            boolean asText = opened.tokenizer().isPresent() && prompt.text != null;
            try (TokenStream tokens = opened.stream(ids, options)) {
                print(tokens, asText, out);
                report(tokens.timings());
                if (tokens.finishReason().equals(Optional.of(FinishReason.CACHE_FULL))) {
                    warn("the model's cache is full; export with a larger --max-len");
                }
            }
        }
        return 0;
    }

    private void checkRanges() {
        value("--max-new-tokens", maxNewTokens).requireAtLeast(1);
        value("--temperature", temperature)
                .require(temperature >= 0 && Double.isFinite(temperature), "a number of at least 0");
        value("--top-k", topK).requireAtLeast(0);
        value("--top-p", topP).require(topP > 0 && topP <= 1, "a number above 0 and at most 1");
    }

    /** Not an error: programs that always name a seed may take the most likely token for once. */
    private void warnOfNoEffect() {
        if (temperature == 0 && (topK != 0 || topP != 1)) {
            warn((topK != 0 ? "--top-k" : "--top-p")
                    + ": of no effect at temperature 0, which takes the most likely token; give --temperature as well");
        }
    }

    private OptionValue value(String option, Number value) {
        return new OptionValue(spec.commandLine(), option, value);
    }

    private Sampling sampling() {
        return temperature == 0 ? new Sampling.Greedy() : new Sampling.Random(temperature, topK, topP, seed);
    }

    private void print(TokenStream tokens, boolean asText, PrintWriter out) {
        List<Token> made = new ArrayList<>();
        // Nobody reads any more what a broken pipe is given.
        while (!out.checkError() && tokens.hasNext()) {
            Token token = tokens.next();
            made.add(token);
            if (stream) {
                out.print(asText ? token.text() : separator(made) + token.id());
            }
        }
        if (!stream) {
            out.print(made.stream()
                    .map(token -> asText ? token.text() : Long.toString(token.id()))
                    .collect(Collectors.joining(asText ? "" : ",")));
        }
        out.println();
        out.flush();
    }

    private static String separator(List<Token> made) {
        return made.size() > 1 ? "," : "";
    }

    private void warn(String text) {
        spec.commandLine().getErr().println("heddle: " + text);
        spec.commandLine().getErr().flush();
    }

    private void report(Timings timings) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                "heddle: %d prompt tokens at %.1f tokens/s, %d steps at %.1f tokens/s%n",
                timings.promptTokens(),
                timings.prefillTokensPerSecond(),
                timings.decodeSteps(),
                timings.decodeStepsPerSecond());
        err.flush();
    }
}
