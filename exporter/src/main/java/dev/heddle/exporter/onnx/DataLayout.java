package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Initializer;
import java.util.ArrayList;
import java.util.List;

/**
 * The place of every weight in the data files, known before the first is written. Weights follow each other in the model's order; a file that a weight would make too
 * large ends before it, so a weight that is larger than a file may be gets one of its own.
 *
 * @param ends the byte after the last weight, for each file
 */
record DataLayout(List<Place> places, List<Long> ends) {

    /** Weights start at multiples of this, the page size, so that runtimes can map them. */
    static final long ALIGNMENT = 4096;

    /**
     * Of one weight.
     *
     * @param file number of the file, from 0
     * @param offset of its first byte
     */
    record Place(Initializer weight, int file, long offset) {
        long end() {
            return Math.addExact(offset, weight.data().byteCount());
        }
    }

    DataLayout {
        places = List.copyOf(places);
        ends = List.copyOf(ends);
    }

    /**
     * @param weights those that lie in data files
     * @param shardBytes that a file with more than one weight has at most
     * @throws ArithmeticException if a file would have more than 2^63 - 1 bytes
     */
    static DataLayout of(List<Initializer> weights, long shardBytes) {
        List<Place> places = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (Initializer weight : weights) {
            int last = ends.size() - 1;
            Place next = ends.isEmpty() ? new Place(weight, 0, 0) : new Place(weight, last, aligned(ends.get(last)));
            if (next.offset() > 0 && next.end() > shardBytes) {
                next = new Place(weight, last + 1, 0);
            }
            if (next.file() == ends.size()) {
                ends.add(next.end());
            } else {
                ends.set(next.file(), next.end());
            }
            places.add(next);
        }
        return new DataLayout(places, ends);
    }

    /** The name of a data file: {@code model.onnx.data} if it is the only one, else for instance {@code model-00002-of-00007.onnx.data}. */
    String fileName(int file) {
        return ends.size() == 1
                ? ModelWriter.DATA_FILE
                : String.format("model-%05d-of-%05d.onnx.data", file + 1, ends.size());
    }

    String fileName(Place place) {
        return fileName(place.file());
    }

    /** The first offset from here on at which a weight may start. */
    static long aligned(long offset) {
        return Math.multiplyExact(Math.floorDiv(Math.addExact(offset, ALIGNMENT - 1), ALIGNMENT), ALIGNMENT);
    }
}
