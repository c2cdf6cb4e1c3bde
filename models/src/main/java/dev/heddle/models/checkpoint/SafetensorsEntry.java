package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;

/**
 * One line of a safetensors header.
 *
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
record SafetensorsEntry(String name, DType dtype, Shape shape, long begin, long end) {

    long bytes() {
        return end - begin;
    }
}
