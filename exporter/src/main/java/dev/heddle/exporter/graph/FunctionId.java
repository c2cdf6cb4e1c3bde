package dev.heddle.exporter.graph;

/** What a node names a function by. */
public record FunctionId(String domain, String name, String overload) implements Comparable<FunctionId> {

    @Override
    public int compareTo(FunctionId other) {
        return toString().compareTo(other.toString());
    }

    /** For instance {@code dev.heddle.MultiTokenAttention:pre6x11_mix16}. */
    @Override
    public String toString() {
        return domain + "." + name + (overload.isEmpty() ? "" : ":" + overload);
    }
}
