package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchUnpicklerTest {

    private static final String DAMAGED = "m.pth: the pickle is damaged at byte ";

    private final PickleWriter pickle = new PickleWriter();

    @Test
    void plainValues_areRead() {
        pickle.opcode(Opcodes.EMPTY_LIST)
                .opcode(Opcodes.MARK)
                .text("ä")
                .text("")
                .number(-5)
                .number(1L << 40);
        pickle.opcode(Opcodes.NEWTRUE).opcode(Opcodes.NONE).opcode(Opcodes.APPENDS);

        assertThat(read()).isEqualTo(Arrays.asList("ä", "", -5, 1L << 40, true, null));
    }

    @Test
    void memo_givesTheSameObjectAgain() {
        pickle.opcode(Opcodes.EMPTY_LIST).opcode(Opcodes.BINPUT).opcode(3);
        pickle.opcode(Opcodes.BINGET).opcode(3).opcode(Opcodes.TUPLE2);

        Object[] pair = (Object[]) read();

        assertThat(pair[0]).isSameAs(pair[1]);
    }

    @ParameterizedTest
    @EnumSource(TorchStorageType.class)
    void storage_comesFromItsPersistentId(TorchStorageType type) {
        pickle.opcode(Opcodes.MARK)
                .text("storage")
                .global("torch", type.className())
                .text("7")
                .text("cuda:0");
        pickle.number(1L << 33).opcode(Opcodes.TUPLE).opcode(Opcodes.BINPERSID);

        assertThat(read()).isEqualTo(new TorchStorage(type, "7", 1L << 33));
    }

    @ParameterizedTest
    @ValueSource(
            shorts = {
                Opcodes.OBJ, Opcodes.EXT1, Opcodes.EXT2, Opcodes.EXT4, Opcodes.NEWOBJ_EX, Opcodes.PERSID,
                        Opcodes.POP_MARK,
                Opcodes.DUP, Opcodes.DICT, Opcodes.LIST, Opcodes.EMPTY_SET, Opcodes.ADDITEMS, Opcodes.FROZENSET,
                        Opcodes.LONG4,
                Opcodes.LONG, Opcodes.INT, Opcodes.FLOAT, Opcodes.STRING, Opcodes.UNICODE, Opcodes.BINSTRING,
                        Opcodes.GET,
                Opcodes.PUT, Opcodes.BYTEARRAY8, Opcodes.NEXT_BUFFER, Opcodes.READONLY_BUFFER, 0, 255
            })
    void opcode_thatTorchDoesNotWrite_isRefused(short opcode) {
        pickle.opcode(opcode);

        assertRefused("m.pth: the pickle has opcode 0x" + Integer.toHexString(opcode)
                + " at byte 2, which torch does not write; the file was not executed");
    }

    @Test
    void instanceOpcode_withAnAllowedName_isRefused() {
        pickle.opcode(Opcodes.INST);
        "collections\nOrderedDict\n".chars().forEach(pickle::opcode);

        assertRefused("m.pth: the pickle has opcode 0x69 at byte 26, which torch does not write; the file was not"
                + " executed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 12, 30})
    void pickle_thatIsCutOff_isRefused(int bytes) {
        pickle.global("collections", "OrderedDict").text("some text");

        assertThatThrownBy(() -> TorchUnpickler.read("m.pth", buffer(Arrays.copyOf(pickle.finish(), bytes))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("m.pth: the pickle ends before its STOP; download it again");
    }

    @ParameterizedTest
    @CsvSource({"88, 4, -1", "88, 4, 2147483647", "66, 4, -2", "141, 8, -1", "141, 8, 4294967296", "142, 8, -1"})
    void length_thatThePickleDoesNotHave_isRefusedBeforeItIsAllocated(int opcode, int bytes, long length) {
        pickle.opcode(opcode);
        for (int i = 0; i < bytes; i++) {
            pickle.opcode((int) (length >> 8 * i) & 0xff);
        }

        assertRefused("m.pth: the pickle ends before its STOP; download it again");
    }

    @Test
    void nesting_ofAnyDepth_doesNotOverflowTheStack() {
        pickle.opcode(Opcodes.EMPTY_LIST);
        for (int i = 0; i < 1_000_000; i++) {
            pickle.opcode(Opcodes.TUPLE1);
        }

        assertThat((Object[]) read()).hasSize(1);
    }

    @Test
    void nestedTuples_asKeyOfADict_areNotWalkedThrough() {
        pickle.opcode(Opcodes.EMPTY_DICT).opcode(Opcodes.EMPTY_TUPLE);
        for (int i = 0; i < 1_000_000; i++) {
            pickle.opcode(Opcodes.TUPLE1);
        }
        pickle.opcode(Opcodes.NONE).opcode(Opcodes.SETITEM);

        assertThat((Map<?, ?>) read()).hasSize(1);
    }

    @Test
    void list_thatContainsItself_asKeyOfADict_isRefused() {
        pickle.opcode(Opcodes.EMPTY_DICT)
                .opcode(Opcodes.EMPTY_LIST)
                .opcode(Opcodes.BINPUT)
                .opcode(0);
        pickle.opcode(Opcodes.BINGET)
                .opcode(0)
                .opcode(Opcodes.APPEND)
                .opcode(Opcodes.NONE)
                .opcode(Opcodes.SETITEM);

        assertRefused(DAMAGED + "11: a dict has a list as key");
    }

    @Test
    void dict_asKeyOfADictInABatch_isRefused() {
        pickle.opcode(Opcodes.EMPTY_DICT)
                .opcode(Opcodes.MARK)
                .opcode(Opcodes.EMPTY_DICT)
                .opcode(Opcodes.NONE);
        pickle.opcode(Opcodes.SETITEMS);

        assertRefused(DAMAGED + "7: a dict has a dict as key");
    }

    @Test
    void moreInstructionsThanAnyModelNeeds_areRefused() {
        byte[] bomb = new byte[TorchUnpickler.MAX_OPCODES + 1];
        Arrays.fill(bomb, (byte) Opcodes.EMPTY_DICT);

        assertThatThrownBy(() -> TorchUnpickler.read("m.pth", buffer(bomb)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("m.pth: the pickle has more than 4000000 instructions");
    }

    @Test
    void values_thatAreAbsentFromTheStack_areRefused() {
        pickle.opcode(Opcodes.TUPLE2);

        assertRefused(DAMAGED + "3");
    }

    @Test
    void batch_withAKeyAndNoValue_isRefused() {
        pickle.opcode(Opcodes.EMPTY_DICT).opcode(Opcodes.MARK).text("a").opcode(Opcodes.SETITEMS);

        assertRefused(DAMAGED + "11");
    }

    @Test
    void item_ofSomethingThatIsNoDict_isRefused() {
        pickle.opcode(Opcodes.EMPTY_LIST).text("a").opcode(Opcodes.NONE).opcode(Opcodes.SETITEM);

        assertRefused(DAMAGED + "11");
    }

    @Test
    void items_ofSomethingThatIsNoList_areRefused() {
        pickle.opcode(Opcodes.EMPTY_DICT).opcode(Opcodes.MARK).opcode(Opcodes.APPENDS);

        assertRefused(DAMAGED + "5");
    }

    @Test
    void call_ofAValue_isRefused() {
        pickle.text("x").opcode(Opcodes.EMPTY_TUPLE).opcode(Opcodes.REDUCE);

        assertRefused(DAMAGED + "10");
    }

    @Test
    void call_ofNone_isRefused() {
        pickle.opcode(Opcodes.NONE).opcode(Opcodes.EMPTY_TUPLE).opcode(Opcodes.REDUCE);

        assertRefused(DAMAGED + "5");
    }

    @Test
    void memo_thatWasNotSet_isRefused() {
        pickle.opcode(Opcodes.BINGET).opcode(9);

        assertRefused(DAMAGED + "4: invalid memo key");
    }

    @Test
    void state_ofSomethingElseThanADict_isRefused() {
        pickle.opcode(Opcodes.EMPTY_LIST).opcode(Opcodes.EMPTY_DICT).opcode(Opcodes.BUILD);

        assertRefused(DAMAGED + "5: only an OrderedDict may have a state");
    }

    @Test
    void persistentId_thatIsNoStorage_isRefused() {
        pickle.opcode(Opcodes.MARK)
                .text("storage")
                .text("torch")
                .text("0")
                .text("cpu")
                .number(1);
        pickle.opcode(Opcodes.TUPLE).opcode(Opcodes.BINPERSID);

        assertRefused(
                DAMAGED + "46: expected a persistent id ('storage', type, key, location, length), got another one");
    }

    private Object read() {
        return TorchUnpickler.read("m.pth", buffer(pickle.finish()));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::read).isInstanceOf(ModelFormatException.class).hasMessage(message);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
