package dev.heddle.models.family;

import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import java.util.Set;

/**
 * The {@code model} section of lingua's {@code params.json}, with the defaults of its data classes.
 *
 * @param feedForward width of the SwiGLU block
 */
record LinguaModel(
        int dim,
        int layers,
        Heads heads,
        int feedForward,
        double epsilon,
        Positions rope,
        int vocab,
        boolean tied,
        int maxPositions,
        LinguaParts parts) {

    /** Initialisation, seeds, dropout (nothing at inference) and a debugging aid. */
    private static final Set<String> HARMLESS_FIELDS =
            Set.of("seed", "init_base_std", "init_std_factor", "dropout", "cache_attention_maps");

    /** @param storedVocab rows of the stored embedding, or 0 if not known */
    static LinguaModel read(ConfigFields fields, int storedVocab) {
        int dim = fields.count("dim", 512);
        Heads heads = heads(fields, dim);
        int vocab = vocab(fields, storedVocab);
        int layers = fields.has("n_layers") ? fields.layers("n_layers") : 8;
        LinguaParts parts = new LinguaPartsReader(fields.sectionOrEmpty("mta"), layers, heads).read();
        fields.requireAbsent("sliding_window");
        // Another implementation of the same layers, with other tensor names.
        fields.requireNeutral("triton", "false");
        LinguaModel model = new LinguaModel(
                dim,
                layers,
                heads,
                feedForward(fields, dim),
                fields.positive("norm_eps", 1e-5),
                new Positions.Rope(fields.positive("rope_theta", 10_000), RopeStyle.INTERLEAVED),
                vocab,
                fields.flag("weight_tying", false),
                fields.count("max_seqlen", 1024),
                parts);
        fields.refuseOthers(HARMLESS_FIELDS);
        return model;
    }

    private static Heads heads(ConfigFields fields, int dim) {
        int query = fields.count("n_heads");
        int keyValue = fields.count("n_kv_heads", query);
        if (dim % query != 0) {
            throw fields.failure("n_heads", "a divisor of dim " + dim, "correct the file");
        }
        if (query % keyValue != 0) {
            throw fields.failure("n_kv_heads", "a divisor of n_heads " + query, "correct the file");
        }
        int size = fields.count("head_dim", dim / query);
        if (size % 2 != 0) {
            throw fields.failure("head_dim", "an even number", "RoPE turns pairs of features");
        }
        return new Heads(query, keyValue, size);
    }

    private static int vocab(ConfigFields fields, int storedVocab) {
        // -1 stands for the size of the tokenizer.
        boolean open = !fields.has("vocab_size") || fields.isMinusOne("vocab_size");
        return open && storedVocab > 0 ? storedVocab : fields.count("vocab_size");
    }

    /** Two thirds of 4 dim, times the multiplier, each rounded down; then up to a multiple. */
    private static int feedForward(ConfigFields fields, int dim) {
        int width = (int) (2 * (4.0 * dim) / 3);
        width = (int) (fields.positive("ffn_dim_multiplier", 1) * width);
        int multiple = fields.count("multiple_of", 256);
        return (width + multiple - 1) / multiple * multiple;
    }
}
