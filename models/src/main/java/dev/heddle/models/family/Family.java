package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.decoder.Decoder;
import java.util.SortedMap;
import java.util.function.Consumer;

/** One way of writing down a model: its configuration fields and tensor names. Stateless. */
public interface Family {

    /** Short name, for instance {@code lingua-mta}. */
    String name();

    /** True if the configuration is of this family; looks only at what tells families apart. */
    boolean accepts(ModelConfig config);

    /**
     * The model that the configuration describes.
     *
     * @param stored shapes of the tensors that the source is known to hold; looked at only where the configuration
     *     leaves a choice (a vocabulary size, a KV shift, the name of a tied head), and may be empty
     * @param warnings told, in one line each, what was assumed
     * @throws dev.heddle.models.checkpoint.ModelFormatException if a field is missing, contradicts another, or is not
     *     supported
     */
    Decoder describe(ModelConfig config, SortedMap<String, Shape> stored, Consumer<String> warnings);

    /** True if a checkpoint may hold this tensor though the model does not use it: recomputed buffers. */
    boolean ignores(String tensor);

    /**
     * Further names under which a checkpoint may hold a tensor of the model, as torch does with tied weights: name to
     * the tensor that it must equal.
     */
    SortedMap<String, String> copies(Decoder decoder);
}
