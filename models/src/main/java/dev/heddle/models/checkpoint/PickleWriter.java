package dev.heddle.models.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.razorvine.pickle.Opcodes;

/**
 * Writes pickle instructions, protocol 2. Each call leaves one more value on the unpickler's stack, unless it says
 * otherwise.
 */
final class PickleWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    PickleWriter() {
        opcode(Opcodes.PROTO);
        bytes.write(2);
    }

    /** One instruction without an argument. */
    PickleWriter opcode(int opcode) {
        bytes.write(opcode);
        return this;
    }

    PickleWriter global(String module, String name) {
        opcode(Opcodes.GLOBAL);
        bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PickleWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        opcode(Opcodes.BINUNICODE);
        bytes.writeBytes(little(4).putInt(utf8.length).array());
        bytes.writeBytes(utf8);
        return this;
    }

    PickleWriter number(long number) {
        if (number == (int) number) {
            opcode(Opcodes.BININT);
            bytes.writeBytes(little(4).putInt((int) number).array());
        } else {
            opcode(Opcodes.LONG1).opcode(8);
            bytes.writeBytes(little(8).putLong(number).array());
        }
        return this;
    }

    PickleWriter tuple(long... numbers) {
        opcode(Opcodes.MARK);
        Arrays.stream(numbers).forEach(this::number);
        return opcode(Opcodes.TUPLE);
    }

    /** An empty {@code collections.OrderedDict}. */
    PickleWriter orderedDict() {
        return global("collections", "OrderedDict").opcode(Opcodes.EMPTY_TUPLE).opcode(Opcodes.REDUCE);
    }

    byte[] finish() {
        opcode(Opcodes.STOP);
        return bytes.toByteArray();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
