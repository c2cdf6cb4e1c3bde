package dev.heddle.exporter.graph;

/** What the runtime that a graph is for can compute in which element type. */
@FunctionalInterface
public interface Kernels {

    /**
     * The type in which an operator is computed whose values are stored in {@code stored}: the same, or a wider one if the runtime lacks the kernel.
     *
     * @param domain of the operator; empty = ONNX's own
     * @throws GraphException if the runtime has no kernel that will do
     */
    DType computed(String domain, String operator, DType stored);

    /** Of a runtime that has every kernel. */
    static Kernels all() {
        return (domain, operator, stored) -> stored;
    }
}
