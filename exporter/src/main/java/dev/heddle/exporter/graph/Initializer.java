package dev.heddle.exporter.graph;

/** A constant of a graph. */
public record Initializer(String name, TensorData data) {}
