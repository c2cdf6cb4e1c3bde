package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.runtime.session.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How large values of a graph will be for given inputs. What cannot be told from their types is taken for as long as the longest symbol. */
final class ValueSizes {

    private final Map<String, Long> symbols = new HashMap<>();

    ValueSizes(Model model, Map<String, HostTensor> inputs) {
        for (NamedType input : model.graph().inputs()) {
            HostTensor value = inputs.get(input.name());
            List<Dim> dims = input.type().shape().dims();
            for (int axis = 0; value != null && axis < Math.min(dims.size(), value.rank()); axis++) {
                if (!dims.get(axis).isFixed()) {
                    symbols.put(dims.get(axis).toString(), value.dim(axis));
                }
            }
        }
    }

    /** At most that many, so that sums of them do not overflow. */
    long bytes(TensorType type, long most) {
        double bytes = type.dtype().bytes();
        for (Dim dim : type.shape().dims()) {
            bytes *= length(dim);
        }
        return (long) Math.min(bytes, most);
    }

    private double length(Dim dim) {
        Long known = symbols.get(dim.toString());
        if (known != null) {
            return known;
        }
        double length = dim.constant();
        for (Map.Entry<String, Long> term : dim.terms().entrySet()) {
            length += term.getValue() * symbol(term.getKey());
        }
        return Math.max(1, length);
    }

    /** Products are symbols too, see {@link Dim}. */
    private double symbol(String name) {
        double longest =
                symbols.values().stream().mapToLong(Long::longValue).max().orElse(1);
        double product = 1;
        for (String factor : name.split("\\*")) {
            Long known = symbols.get(factor);
            product *= known == null ? longest : known;
        }
        return product;
    }
}
