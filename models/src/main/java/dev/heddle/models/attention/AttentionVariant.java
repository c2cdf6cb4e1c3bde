package dev.heddle.models.attention;

import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.reference.DoubleTensor;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** One data flow of attention. New ones are added here; a new rule inside a flow is a part of {@link SoftmaxAttention}. */
public sealed interface AttentionVariant permits DifferentialAttention, SoftmaxAttention {

    Heads heads();

    /** The learned tensors it needs, and their shapes. */
    SortedMap<AttentionWeight, Shape> weights();

    /** The state it keeps between steps, in the order of the graph's inputs. */
    List<CacheSlot> state();

    /** One line for people, for instance {@code 16 heads of 64, RoPE interleaved 100000, pre-conv 6x11}. */
    String summary();

    /**
     * Emits the function into the scope.
     *
     * @throws dev.heddle.exporter.graph.GraphException if the values do not fit
     */
    AttentionValues.Result emit(GraphScope scope, AttentionValues values);

    /**
     * The same function in float64, slow and plain: the source of truth for parity.
     *
     * @param weights exactly the keys of {@link #weights}
     */
    AttentionReference reference(Map<AttentionWeight, DoubleTensor> weights);
}
