package dev.heddle.exporter.graph;

/** How a custom operator gets into the file. */
public enum FunctionStyle {
    /** As a node, with its body beside it as a model-local function: a native kernel may take over. */
    FUNCTION,
    /** The body in place: standard operators only. */
    INLINE
}
