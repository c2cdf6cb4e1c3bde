package dev.heddle.models.checkpoint;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;

/**
 * The names that a torch pickle may use, each bound to a harmless value or constructor of ours. There is no way from
 * here to a class of the JVM.
 */
final class TorchGlobals {

    /** Stands for values that a checkpoint may hold beside its tensors and that nothing reads. */
    private enum Opaque {
        VALUE
    }

    private static final Map<String, Object> ALLOWED = allowed();

    private TorchGlobals() {}

    static Optional<Object> find(String module, String name) {
        return Optional.ofNullable(ALLOWED.get(module + "." + name));
    }

    private static Map<String, Object> allowed() {
        Map<String, Object> allowed = new HashMap<>();
        allowed.put("collections.OrderedDict", constructor(TorchGlobals::orderedDict));
        allowed.put("torch._utils._rebuild_tensor_v2", constructor(TorchTensor::rebuild));
        allowed.put("torch._utils._rebuild_parameter", constructor(TorchGlobals::firstArgument));
        allowed.put("torch.Size", constructor(TorchGlobals::firstArgument));
        allowed.put("torch.device", constructor(arguments -> Opaque.VALUE));
        // How Python pickles bytes below protocol 3.
        allowed.put("_codecs.encode", constructor(arguments -> Opaque.VALUE));
        Stream.of("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
                .forEach(dtype -> allowed.put("torch." + dtype, Opaque.VALUE));
        Stream.of(TorchStorageType.values()).forEach(type -> allowed.put(type.globalName(), type));
        return Map.copyOf(allowed);
    }

    private static IObjectConstructor constructor(IObjectConstructor constructor) {
        return constructor;
    }

    private static Object orderedDict(Object[] arguments) {
        if (arguments.length != 0) {
            throw new PickleException("OrderedDict expects no arguments, got " + arguments.length);
        }
        return new LinkedHashMap<>();
    }

    private static Object firstArgument(Object[] arguments) {
        if (arguments.length == 0) {
            throw new PickleException("a constructor expects an argument, got none");
        }
        return arguments[0];
    }
}
