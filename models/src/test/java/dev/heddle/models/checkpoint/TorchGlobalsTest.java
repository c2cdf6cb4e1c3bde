package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchGlobalsTest {

    private static final String DAMAGED = "m.pth: the pickle is damaged at byte ";

    private final PickleWriter pickle = new PickleWriter();

    @Test
    void nameFromTheStack_resolvesLikeOneInTheText() {
        pickle.text("collections").text("OrderedDict").opcode(Opcodes.STACK_GLOBAL);
        pickle.opcode(Opcodes.EMPTY_TUPLE).opcode(Opcodes.REDUCE);

        assertThat(read()).isEqualTo(Map.of());
    }

    @Test
    void parameter_isTheTensorInIt() {
        pickle.global("torch._utils", "_rebuild_parameter").text("tensor").opcode(Opcodes.TUPLE1);
        pickle.opcode(Opcodes.REDUCE);

        assertThat(read()).isEqualTo("tensor");
    }

    @ParameterizedTest
    @CsvSource({
        "torch, Size",
        "torch, device",
        "_codecs, encode",
        "torch, float64",
        "torch, float32",
        "torch, float16",
        "torch, bfloat16",
        "torch, int64",
        "torch, int32",
        "torch, int16",
        "torch, int8",
        "torch, uint8",
        "torch, bool"
    })
    void valuesThatStandBesideTensors_areAllowed(String module, String name) {
        assertThat(TorchGlobals.find(module, name)).isPresent();
    }

    @Test
    void class_thatIsNotOnTheList_isNamedAndNotRun() {
        pickle.global("posix", "system")
                .text("touch /tmp/pwned")
                .opcode(Opcodes.TUPLE1)
                .opcode(Opcodes.REDUCE);

        assertRefused("m.pth: the pickle names posix.system, which is not on the list of allowed constructors; the file"
                + " was not executed");
    }

    @ParameterizedTest
    @CsvSource({
        "builtins, eval",
        "__builtin__, set",
        "decimal, Decimal",
        "datetime, datetime",
        "array, array",
        "copy_reg, _reconstructor",
        "operator, attrgetter",
        "exceptions, ValueError",
        "torch.jit, load",
        "collections.OrderedDict, x",
        "torch, UntypedStorage"
    })
    void class_thatTheLibraryWouldResolve_isRefusedAllTheSame(String module, String name) {
        pickle.global(module, name);

        assertRefused("m.pth: the pickle names " + module + "." + name
                + ", which is not on the list of allowed constructors; the file was not executed");
    }

    @Test
    void class_namedOnTheStack_isChecked() {
        pickle.text("os").text("sys\ntem").opcode(Opcodes.STACK_GLOBAL);

        assertRefused("m.pth: the pickle names os.sys?tem, which is not on the list of allowed constructors; the file"
                + " was not executed");
    }

    @Test
    void class_ofAnOldStyleInstance_isChecked() {
        pickle.opcode(Opcodes.MARK)
                .opcode(Opcodes.INST)
                .opcode('o')
                .opcode('s')
                .opcode('\n')
                .opcode('x')
                .opcode('\n');

        assertRefused("m.pth: the pickle names os.x, which is not on the list of allowed constructors; the file was not"
                + " executed");
    }

    @Test
    void orderedDict_withArguments_isRefused() {
        pickle.global("collections", "OrderedDict").tuple(1).opcode(Opcodes.REDUCE);

        assertRefused(DAMAGED + "35: OrderedDict expects no arguments, got 1");
    }

    @Test
    void size_withoutArgument_isRefused() {
        pickle.global("torch", "Size").opcode(Opcodes.EMPTY_TUPLE).opcode(Opcodes.REDUCE);

        assertRefused(DAMAGED + "16: a constructor expects an argument, got none");
    }

    @Test
    void tensor_withoutAStorage_isRefused() {
        pickle.global("torch._utils", "_rebuild_tensor_v2")
                .tuple(1, 2, 3, 4, 5, 6)
                .opcode(Opcodes.REDUCE);

        assertRefused(DAMAGED + "68: _rebuild_tensor_v2 expects a storage and 5 or 6 more arguments");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 8})
    void tensor_withAnotherNumberOfArguments_isRefused(int count) {
        Object[] arguments = Arrays.copyOf(tensorArguments(Map.of()), count);

        assertThatThrownBy(() -> TorchTensor.rebuild(arguments))
                .isInstanceOf(PickleException.class)
                .hasMessage("_rebuild_tensor_v2 expects a storage and 5 or 6 more arguments");
    }

    @Test
    void tensor_withLazyBits_isRefused() {
        assertThatThrownBy(() -> TorchTensor.rebuild(tensorArguments(Map.of("neg", true))))
                .hasMessage("a tensor has conjugate or negative bits, expected plain values");
    }

    @Test
    void tensor_withEmptyMetadata_isRead() {
        assertThat(TorchTensor.rebuild(tensorArguments(Map.of())).offset()).isEqualTo(1);
    }

    private static Object[] tensorArguments(Map<String, Object> metadata) {
        var storage = new TorchStorage(TorchStorageType.FLOAT, "0", 1);
        return new Object[] {storage, 1, List.of(), List.of(), false, Map.of(), metadata};
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
