package dev.heddle.cli;

import static dev.heddle.cli.BenchRun.number;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.report.TextTable;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A whole model, both forms in turn: a prompt, then single tokens behind it, and what part of that attention is. */
final class ModelBench implements BenchSubject {

    private final Path model;
    private final int prompt;

    ModelBench(Path model, int prompt) {
        this.model = model;
        this.prompt = prompt;
    }

    @Override
    public void measure(BenchRun run) throws IOException {
        Samples[] prefill = {new Samples(), new Samples()};
        Samples[] decode = {new Samples(), new Samples()};
        try (ModelBenchSession fast = ModelBenchSession.open(model, OpsMode.NATIVE, run.threads());
                ModelBenchSession body = ModelBenchSession.open(model, OpsMode.PORTABLE, run.threads())) {
            List<ModelBenchSession> forms = List.of(fast, body);
            forms.forEach(form -> form.measure(prompt, new Samples(), new Samples()));
            for (int round = 0; round < run.rounds(); round++) {
                for (int form = 0; form < forms.size(); form++) {
                    forms.get(form).measure(prompt, prefill[form], decode[form]);
                }
            }
        }
        AttentionShare fast = share(OpsMode.NATIVE, run);
        AttentionShare body = share(OpsMode.PORTABLE, run);
        run.report().put("model", model.toString()).put("prompt", prompt);
        TextTable table = new TextTable(
                        "what", "native ms", "spread", "attention", "body ms", "spread", "attention", "faster")
                .alignRight(1, 2, 3, 4, 5, 6, 7);
        String title = "prompt of " + prompt + " tokens";
        row(table, run.nextCase(title), title, prefill, fast.ofPrompt(), body.ofPrompt());
        if (!decode[0].isEmpty()) {
            String step = "one token at past " + prompt;
            row(table, run.nextCase(step), step, decode, fast.ofSteps(), body.ofSteps());
        }
        table.print(run.out());
        run.explain(
                "Medians; a prompt gives the logits of all its tokens. faster: median of body / median of native. attention: part",
                "of the time of all operators that attention operators and what their bodies became take, from ONNX Runtime's",
                "profile of one more run; shifts are part of it, projections and RoPE are not.");
    }

    private AttentionShare share(OpsMode ops, BenchRun run) throws IOException {
        Path profile;
        try (ModelBenchSession session = ModelBenchSession.openProfiled(
                model, ops, run.threads(), run.folder().resolve(ops.name()))) {
            session.measure(prompt, new Samples(), new Samples());
            session.measure(prompt, new Samples(), new Samples());
            profile = session.endProfile();
        }
        return AttentionShare.read(profile);
    }

    private static void row(
            TextTable table, ObjectNode node, String title, Samples[] times, double fastShare, double bodyShare) {
        double fast = times[0].medianMillis();
        double body = times[1].medianMillis();
        node.put("native_ms", fast).put("native_best_ms", times[0].bestMillis()).put("native_attention", fastShare);
        node.put("body_ms", body).put("body_best_ms", times[1].bestMillis()).put("body_attention", bodyShare);
        node.put("faster", body / fast);
        table.row(
                title,
                number("%.2f", fast),
                number("%.0f%%", 100 * times[0].spread()),
                number("%.0f%%", 100 * fastShare),
                number("%.2f", body),
                number("%.0f%%", 100 * times[1].spread()),
                number("%.0f%%", 100 * bodyShare),
                number("%.2fx", body / fast));
    }
}
