package dev.heddle.models.family;

import dev.heddle.models.decoder.Decoder;

/** One way of writing down a model: its configuration fields and tensor names. Stateless. */
public interface Family {

    /** Short name, for instance {@code lingua-mta}. */
    String name();

    /** True if the configuration is of this family; looks only at what tells families apart. */
    boolean accepts(ModelConfig config);

    /**
     * The model that the configuration describes.
     *
     * @throws dev.heddle.models.checkpoint.ModelFormatException if a field is missing, contradicts another, or is not supported
     */
    Decoder describe(ModelConfig config);

    /** True if a checkpoint may hold this tensor though the model does not use it: recomputed buffers, aliases of tied weights. */
    boolean ignores(String tensor);
}
