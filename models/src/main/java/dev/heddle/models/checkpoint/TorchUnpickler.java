package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickle of a torch checkpoint as data. Names resolve only through {@link TorchGlobals}, opcodes that torch
 * does not write are refused, and the heap it takes is bounded by the number of opcodes. One use each.
 */
final class TorchUnpickler extends Unpickler {

    static final int MAX_BYTES = 64 << 20;

    /** About 30 per tensor, so enough for 100,000 of them; one takes at most some 60 bytes of heap. */
    static final int MAX_OPCODES = 4_000_000;

    private final String where;
    private final PickleInput bytes;
    private int opcodes;

    private TorchUnpickler(String where, ByteBuffer pickle) {
        this.where = where;
        this.bytes = new PickleInput(pickle);
    }

    /** The value: dicts are maps, tuples arrays, lists lists, tensors {@link TorchTensor}. */
    static Object read(String where, ByteBuffer pickle) {
        var unpickler = new TorchUnpickler(where, pickle);
        try {
            return unpickler.load(unpickler.bytes);
        } catch (IOException e) {
            throw new ModelFormatException(where + ": " + e.getMessage() + "; download it again", e);
        } catch (PickleException e) {
            throw unpickler.damaged(": " + e.getMessage(), e);
        } catch (IndexOutOfBoundsException | ClassCastException | NegativeArraySizeException | NullPointerException e) {
            // The library does not check its stack: this is how it reports a value that is absent or of another kind.
            throw unpickler.damaged("", e);
        }
    }

    @Override
    protected Object dispatch(short key) throws IOException {
        if (++opcodes > MAX_OPCODES) {
            throw new ModelFormatException(where + ": the pickle has more than " + MAX_OPCODES + " instructions");
        }
        switch (key) {
            case Opcodes.GLOBAL -> stack.add(global(PickleUtils.readline(bytes), PickleUtils.readline(bytes)));
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                stack.add(global((String) stack.pop(), name));
            }
            case Opcodes.INST -> {
                global(PickleUtils.readline(bytes), PickleUtils.readline(bytes));
                throw unexpected(key);
            }
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                put(stack.pop(), value);
            }
            case Opcodes.SETITEMS -> putAll(stack.pop_all_since_marker());
            case Opcodes.APPENDS -> appendAll(stack.pop_all_since_marker());
            case Opcodes.BUILD -> dropState();
            case Opcodes.BINUNICODE, Opcodes.BINBYTES -> {
                bytes.requireAnnounced(4);
                return super.dispatch(key);
            }
            case Opcodes.BINUNICODE8, Opcodes.BINBYTES8 -> {
                bytes.requireAnnounced(8);
                return super.dispatch(key);
            }
            default -> {
                if (!isPlain(key)) {
                    throw unexpected(key);
                }
                return super.dispatch(key);
            }
        }
        return NO_RETURN_VALUE;
    }

    /** Opcodes that the library handles safely: they neither name anything nor hash or copy what they are given. */
    private static boolean isPlain(short key) {
        return switch (key) {
            case Opcodes.PROTO, Opcodes.FRAME, Opcodes.STOP, Opcodes.MARK, Opcodes.POP -> true;
            case Opcodes.NONE, Opcodes.NEWTRUE, Opcodes.NEWFALSE -> true;
            case Opcodes.BININT, Opcodes.BININT1, Opcodes.BININT2, Opcodes.LONG1, Opcodes.BINFLOAT -> true;
            case Opcodes.SHORT_BINUNICODE, Opcodes.SHORT_BINBYTES, Opcodes.SHORT_BINSTRING -> true;
            case Opcodes.EMPTY_TUPLE, Opcodes.TUPLE1, Opcodes.TUPLE2, Opcodes.TUPLE3, Opcodes.TUPLE -> true;
            case Opcodes.EMPTY_LIST, Opcodes.APPEND, Opcodes.EMPTY_DICT -> true;
            case Opcodes.BINPUT, Opcodes.LONG_BINPUT, Opcodes.MEMOIZE, Opcodes.BINGET, Opcodes.LONG_BINGET -> true;
            case Opcodes.BINPERSID, Opcodes.REDUCE, Opcodes.NEWOBJ -> true;
            default -> false;
        };
    }

    private Object global(String module, String name) {
        return TorchGlobals.find(module, name)
                .orElseThrow(() -> new ModelFormatException(where + ": the pickle names "
                        + Printable.of(module + "." + name)
                        + ", which is not on the list of allowed constructors; the file was not executed"));
    }

    private void putAll(List<Object> items) {
        for (int i = 0; i < items.size(); i += 2) {
            put(items.get(i), items.get(i + 1));
        }
    }

    private void put(Object key, Object value) {
        // Hashing a collection walks through it, and one that contains itself would never end. Arrays (tuples) hash by
        // identity.
        if (!(key instanceof String || key instanceof Number || key instanceof Boolean || key instanceof Object[])) {
            throw new PickleException("a dict has " + TorchFile.kind(key) + " as key");
        }
        @SuppressWarnings("unchecked")
        Map<Object, Object> dict = (Map<Object, Object>) stack.peek();
        dict.put(key, value);
    }

    private void appendAll(List<Object> items) {
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) stack.peek();
        list.addAll(items);
    }

    /** State of an OrderedDict: {@code state_dict()} hangs the modules' versions there, which nothing needs. */
    private void dropState() {
        stack.pop();
        if (!(stack.peek() instanceof Map)) {
            throw new PickleException("only an OrderedDict may have a state");
        }
    }

    @Override
    protected Object persistentLoad(Object id) {
        if (id instanceof Object[] fields
                && fields.length == 5
                && "storage".equals(fields[0])
                && fields[1] instanceof TorchStorageType type
                && fields[2] instanceof String key
                && (fields[4] instanceof Integer || fields[4] instanceof Long)) {
            return new TorchStorage(type, key, ((Number) fields[4]).longValue());
        }
        throw new PickleException("expected a persistent id ('storage', type, key, location, length), got another one");
    }

    private ModelFormatException unexpected(short key) {
        return new ModelFormatException(where + ": the pickle has opcode 0x" + Integer.toHexString(key) + " at byte "
                + (bytes.position() - 1) + ", which torch does not write; the file was not executed");
    }

    private ModelFormatException damaged(String detail, RuntimeException cause) {
        return new ModelFormatException(where + ": the pickle is damaged at byte " + bytes.position() + detail, cause);
    }
}
