package dev.heddle.exporter.graph;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** One write of a tensor in pieces, each written once, by any thread and in any order. */
public interface TensorPieces {

    /** Pieces begin at multiples of this many bytes of the tensor. */
    int ALIGNMENT = 4096;

    int count();

    /** The byte of the tensor at which a piece begins; piece {@link #count} would begin at its end. */
    long offset(int piece);

    /** Writes all bytes of a piece. */
    void write(int piece, WritableByteChannel out) throws IOException;

    /** Called once, when all pieces are written. */
    void finish() throws IOException;

    /** A tensor that is written by one thread. */
    static TensorPieces whole(TensorData data) {
        return new TensorPieces() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public long offset(int piece) {
                return piece * data.byteCount();
            }

            @Override
            public void write(int piece, WritableByteChannel out) throws IOException {
                data.writeTo(out);
            }

            @Override
            public void finish() {}
        };
    }
}
