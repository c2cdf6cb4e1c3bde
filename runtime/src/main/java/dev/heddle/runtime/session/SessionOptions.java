package dev.heddle.runtime.session;

/**
 * How a session is opened.
 *
 * @param deviceId number of the device; 0 on CPU
 * @param intraOpThreads threads that work on one operator; 0 lets ONNX Runtime take the physical cores
 * @param opsLibrary where the native library is looked for, unless {@code ops} is PORTABLE
 */
public record SessionOptions(
        Provider provider,
        int deviceId,
        int intraOpThreads,
        OptimizationLevel optimization,
        OpsMode ops,
        OpsLibrary opsLibrary) {

    /** @throws IllegalArgumentException if a number is negative */
    public SessionOptions {
        if (deviceId < 0) {
            throw new IllegalArgumentException("device id must be at least 0, got " + deviceId);
        }
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException("intra-op threads must be at least 0, got " + intraOpThreads);
        }
    }

    /** CPU, all optimisations, native operators if they are there. */
    public static SessionOptions defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; starts from {@link #defaults()}. Not thread-safe. */
    public static final class Builder {
        private Provider provider = Provider.CPU;
        private int deviceId;
        private int intraOpThreads;
        private OptimizationLevel optimization = OptimizationLevel.ALL;
        private OpsMode ops = OpsMode.AUTO;
        private OpsLibrary opsLibrary = OpsLibrary.installed();

        private Builder() {}

        public Builder provider(Provider value) {
            provider = value;
            return this;
        }

        public Builder deviceId(int value) {
            deviceId = value;
            return this;
        }

        public Builder intraOpThreads(int value) {
            intraOpThreads = value;
            return this;
        }

        public Builder optimization(OptimizationLevel value) {
            optimization = value;
            return this;
        }

        public Builder ops(OpsMode value) {
            ops = value;
            return this;
        }

        public Builder opsLibrary(OpsLibrary value) {
            opsLibrary = value;
            return this;
        }

        public SessionOptions build() {
            return new SessionOptions(provider, deviceId, intraOpThreads, optimization, ops, opsLibrary);
        }
    }
}
