package dev.heddle.runtime.text;

import dev.heddle.runtime.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.OptionalLong;

/**
 * What the SentencePiece library does not tell about a model: the number of pieces, which of them are control pieces,
 * and the ids of begin and end of text. Read from the {@code ModelProto} of sentencepiece_model.proto.
 *
 * @param control pieces that stand for no text
 */
record SentencePieceVocabulary(int pieces, BitSet control, OptionalLong bos, OptionalLong eos) {
    private static final int PIECES_FIELD = 1;
    private static final int TRAINER_FIELD = 2;
    private static final int PIECE_TYPE_FIELD = 3;
    private static final int CONTROL_TYPE = 3;
    private static final int BOS_FIELD = 41;
    private static final int EOS_FIELD = 42;

    /** @throws ModelFormatException if the file is not such a message, or has no pieces */
    static SentencePieceVocabulary read(Path file) {
        try {
            return read(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ModelFormatException(file + ": expected a SentencePiece model or a list of tiktoken ranks", e);
        }
    }

    private static SentencePieceVocabulary read(ByteBuffer bytes) {
        int pieces = 0;
        BitSet control = new BitSet();
        long bos = 1;
        long eos = 2;
        var model = new ProtoFields(bytes);
        while (model.next()) {
            if (model.number() == PIECES_FIELD) {
                control.set(pieces, varint(model.message(), PIECE_TYPE_FIELD, 1) == CONTROL_TYPE);
                pieces++;
            } else if (model.number() == TRAINER_FIELD) {
                bos = varint(model.message(), BOS_FIELD, bos);
                eos = varint(model.message(), EOS_FIELD, eos);
            }
        }
        if (pieces == 0) {
            throw new IllegalArgumentException("no pieces");
        }
        return new SentencePieceVocabulary(pieces, control, ifControl(control, bos), ifControl(control, eos));
    }

    private static long varint(ByteBuffer message, int field, long otherwise) {
        long value = otherwise;
        var fields = new ProtoFields(message);
        while (fields.next()) {
            if (fields.number() == field) {
                value = fields.varint();
            }
        }
        return value;
    }

    /** A model trained without such a token says -1, or keeps the default of a piece that is an ordinary one. */
    private static OptionalLong ifControl(BitSet control, long id) {
        return id >= 0 && id < control.length() && control.get((int) id) ? OptionalLong.of(id) : OptionalLong.empty();
    }
}
