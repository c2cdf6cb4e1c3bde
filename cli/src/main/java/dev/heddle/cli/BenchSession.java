package dev.heddle.cli;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.NativeTensor;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.RunRequest;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;

/** A model with fixed inputs, run again and again. Not thread-safe. */
final class BenchSession implements AutoCloseable {

    /** A virtual machine that slept gets its full speed back within some 100 ms. */
    private static final long SETTLING_NANOS = 150_000_000;

    private final ModelSession session;
    private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();
    private final TreeSet<String> outputs = new TreeSet<>();
    private final Map<String, NativeTensor> places = new LinkedHashMap<>();

    private BenchSession(ModelSession session, Map<String, HostTensor> values) {
        this.session = session;
        session.inputs()
                .forEach(input -> inputs.put(
                        input.name(), NativeTensor.of(Objects.requireNonNull(values.get(input.name()), input.name()))));
        session.outputs().forEach(output -> outputs.add(output.name()));
    }

    /**
     * @param cache of the model
     * @param folder where the model of the case is
     */
    static BenchSession attention(BenchCase measured, KvCache cache, OpsMode ops, int threads, Path folder) {
        SoftmaxAttention attention = measured.attention();
        int tokens = measured.tokens();
        int past = measured.past();
        Random random = new Random(3);
        Map<String, HostTensor> values = new LinkedHashMap<>();
        int size = attention.heads().size();
        values.put("q", numbers(random, 1, tokens, (long) attention.heads().query() * size));
        values.put("k", numbers(random, 1, tokens, (long) attention.heads().keyValue() * size));
        values.put("v", numbers(random, 1, tokens, (long) attention.heads().keyValue() * size));
        values.put("key_mask", realTokens(1, tokens + past));
        values.put("position_ids", HostTensor.zeros(DType.INT64, 1, tokens));
        for (CacheSlot slot : attention.state()) {
            int rows = slot.role().equals("query") ? Math.min(past, attention.queryHistory()) : past;
            HostTensor state = numbers(random, 1, slot.heads(), rows, slot.size());
            int reserved = cache instanceof KvCache.Static fixed ? slot.length().reserved(fixed.maxLen()) : rows;
            values.put("past_" + slot.role(), withRows(state, reserved));
        }
        BenchSession session = open(values, ops, threads, folder);
        if (cache instanceof KvCache.Static) {
            session.keepInPlace("key");
            session.keepInPlace("value");
        }
        return session;
    }

    /** The same rows with zeros behind them, [1, heads, rows, size]. */
    private static HostTensor withRows(HostTensor state, int rows) {
        if (rows == state.dim(2)) {
            return state;
        }
        HostTensor longer = HostTensor.zeros(state.dtype(), 1, state.dim(1), rows, state.dim(3));
        int bytes = (int) (state.dim(2) * state.dim(3)) * Float.BYTES;
        int reserved = (int) (rows * state.dim(3)) * Float.BYTES;
        for (int head = 0; head < state.dim(1); head++) {
            longer.bytes().put(head * reserved, state.bytes(), head * bytes, bytes);
        }
        return longer;
    }

    private void keepInPlace(String role) {
        outputs.remove("present_" + role);
        places.put("present_" + role, Objects.requireNonNull(inputs.get("past_" + role)));
    }

    /** @param folder where the model {@link BenchGraph#shift} is */
    static BenchSession shift(int batch, int kvHeads, int tokens, int size, OpsMode ops, int threads, Path folder) {
        Map<String, HostTensor> values = Map.of(
                "x", numbers(new Random(3), batch, kvHeads, tokens, size), "token_mask", realTokens(batch, tokens));
        return open(values, ops, threads, folder);
    }

    static BenchSession product(int n, int threads, Path folder) throws IOException {
        Random random = new Random(5);
        Map<String, HostTensor> values = Map.of("a", numbers(random, n, n), "b", numbers(random, n, n));
        write(BenchGraph.product(), folder);
        return open(values, OpsMode.PORTABLE, threads, folder);
    }

    static void write(Model model, Path folder) throws IOException {
        new ModelWriter(folder, (weight, bytes) -> {}).write(model);
    }

    private static BenchSession open(Map<String, HostTensor> values, OpsMode ops, int threads, Path folder) {
        SessionOptions options =
                SessionOptions.builder().ops(ops).intraOpThreads(threads).build();
        return new BenchSession(ModelSession.open(folder, options), values);
    }

    private static HostTensor realTokens(int batch, int length) {
        HostTensor mask = HostTensor.zeros(DType.BOOL, batch, length);
        for (int slot = 0; slot < batch * length; slot++) {
            mask.bytes().put(slot, (byte) 1);
        }
        return mask;
    }

    private static HostTensor numbers(Random random, long... shape) {
        HostTensor tensor = HostTensor.zeros(DType.FLOAT32, shape);
        for (int i = 0; i < tensor.elementCount(); i++) {
            tensor.floats().put(i, (float) random.nextGaussian());
        }
        return tensor;
    }

    /**
     * One run; returns its nanoseconds. The threads of the session that ran last are asleep by then, and other runs go before it, as steps of decoding do: they wake this
     * session's own threads and bring processor and caches to the state in which it works.
     */
    long run() {
        IdleThreads.letSleep();
        long start = System.nanoTime();
        do {
            once();
        } while (System.nanoTime() - start < SETTLING_NANOS);
        return once();
    }

    private long once() {
        long start = System.nanoTime();
        Map<String, NativeTensor> results = session.run(request(), new Cancellation());
        long nanos = System.nanoTime() - start;
        results.values().forEach(NativeTensor::close);
        return nanos;
    }

    /** A static cache is written where it was read. */
    private RunRequest request() {
        return new RunRequest(inputs, outputs, places);
    }

    /** This output of one run, for a comparison of two sessions. */
    HostTensor output(String name) {
        Map<String, NativeTensor> results = session.run(request(), new Cancellation());
        HostTensor output = Objects.requireNonNull(results.get(name), name).toHost();
        results.values().forEach(NativeTensor::close);
        return output;
    }

    /** Largest difference of this output of two sessions, as part of its largest value. */
    static double difference(BenchSession one, BenchSession other, String name) {
        HostTensor a = one.output(name);
        HostTensor b = other.output(name);
        double largest = 0;
        double size = 0;
        for (int i = 0; i < a.elementCount(); i++) {
            largest = Math.max(largest, Math.abs(a.floats().get(i) - b.floats().get(i)));
            size = Math.max(size, Math.abs(b.floats().get(i)));
        }
        return largest / size;
    }

    @Override
    public void close() {
        inputs.values().forEach(NativeTensor::close);
        session.close();
    }
}
