package dev.heddle.cli;

import dev.heddle.runtime.cache.CacheState;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.nio.file.Path;

/** One form of a model that {@link ModelBench} measures. Not thread-safe. */
final class ModelBenchSession implements AutoCloseable {

    /** Single tokens behind each prompt. */
    static final int STEPS = 8;

    private final ModelSession session;
    private final Decoder decoder;

    private ModelBenchSession(ModelSession session) {
        this.session = session;
        this.decoder = Decoder.of(session);
    }

    static ModelBenchSession open(Path model, OpsMode ops, int threads) {
        return new ModelBenchSession(ModelSession.open(model, options(ops, threads)));
    }

    static ModelBenchSession openProfiled(Path model, OpsMode ops, int threads, Path profile) {
        return new ModelBenchSession(ModelSession.openProfiled(model, options(ops, threads), profile));
    }

    private static SessionOptions options(OpsMode ops, int threads) {
        return SessionOptions.builder().ops(ops).intraOpThreads(threads).build();
    }

    /** Runs a prompt of random tokens and, if the model has a cache, single tokens behind it. */
    void measure(int prompt, Samples prefill, Samples decode) {
        TokenBlock tokens =
                TokenInput.random(1, prompt + STEPS, decoder.vocabulary().orElse(1000), 1);
        Cancellation cancellation = new Cancellation();
        IdleThreads.letSleep();
        try (CacheState state = decoder.newState(1)) {
            long start = System.nanoTime();
            decoder.step(state, tokens.slice(0, prompt), cancellation);
            prefill.add(System.nanoTime() - start);
            for (int i = 0; i < STEPS && decoder.hasCache(); i++) {
                start = System.nanoTime();
                decoder.step(state, tokens.slice(prompt + i, prompt + i + 1), cancellation);
                decode.add(System.nanoTime() - start);
            }
        }
    }

    /** The file that ONNX Runtime wrote. */
    Path endProfile() {
        return session.endProfile();
    }

    @Override
    public void close() {
        session.close();
    }
}
