package dev.heddle.runtime.text;

/**
 * Keeps the native parts of the DJL libraries to what their jars bring.
 *
 * <p>Left alone, DJL looks for other builds of its libraries on the network and reports its use.
 */
final class DjlNative {
    private DjlNative() {}

    /** Must come before the first use of a DJL class; values that are already set stay. */
    static void stayOffline() {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("RUST_FLAVOR", "cpu");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
