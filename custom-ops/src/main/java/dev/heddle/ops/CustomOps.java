package dev.heddle.ops;

import static dev.heddle.ops.OpSchema.AttributeType.FLOAT;
import static dev.heddle.ops.OpSchema.AttributeType.INT;
import static dev.heddle.ops.OpSchema.AttributeType.STRING;
import static dev.heddle.ops.OpSchema.Presence.OPTIONAL;
import static dev.heddle.ops.OpSchema.Presence.REQUIRED;

import dev.heddle.ops.OpSchema.Attribute;
import dev.heddle.ops.OpSchema.Parameter;
import java.util.List;
import java.util.Optional;

/** The operators of domain {@code dev.heddle}; the only place where their signatures are written. */
public final class CustomOps {

    public static final String DOMAIN = "dev.heddle";

    public static final int VERSION = 1;

    private static final String STATIC_CACHE =
            "0 (default) = dynamic cache. Else a static one: past_* and present_* key and value have so many rows, the first of them the row's real tokens "
                    + "without pads, as many as key_mask has in the columns before the new ones; the new real tokens are written behind them. They may be the "
                    + "same memory. Rows of a batch may hold different numbers of tokens. New tokens of a row lie together, behind pads only if it holds none. "
                    + "Nothing shortens it";

    /** Weighted sum of each raw key or value with the ones before it. */
    public static final OpSchema KV_SHIFT = new OpSchema(
            DOMAIN,
            "KVShift",
            VERSION,
            "y[b,g,t] = sum_c weight[g,c] * x[b,g,t - (taps - 1) + c]; rows before the first come from `last`, pad rows count as 0. "
                    + "Xu et al. 2024 (arXiv 2411.19574), section 2.2. Accumulates in float32 or better.",
            List.of(
                    new Parameter("x", REQUIRED, "[batch, kv_heads, q_len, head_dim], raw keys or values"),
                    new Parameter("weight", REQUIRED, "[kv_heads, taps], columns oldest to current"),
                    new Parameter("token_mask", REQUIRED, "[batch, q_len] bool, true = real token"),
                    new Parameter(
                            "last",
                            OPTIONAL,
                            "[batch, kv_heads, taps - 1, head_dim], raw rows before x; zeros for a fresh sequence, absent = zeros")),
            List.of(
                    new Parameter("y", REQUIRED, "[batch, kv_heads, q_len, head_dim]"),
                    new Parameter(
                            "new_last",
                            OPTIONAL,
                            "[batch, kv_heads, taps - 1, head_dim], raw rows of the last real tokens; pads at the right end are skipped")),
            List.of());

    /** Softmax attention with optional convolutions, head mixes, norm and gate. */
    public static final OpSchema MULTI_TOKEN_ATTENTION = new OpSchema(
            DOMAIN,
            "MultiTokenAttention",
            VERSION,
            "S = query key^T * scale; S = pre_mix(pre_conv(mask0(S))); A = softmax(S); A = post_mix(mask0(post_conv(A))); "
                    + "context = gate(norm(A value)). Absent parts are skipped. A cell (query row, key) is visible if the key is not later than the row, "
                    + "lies in the window, and both tokens are real; mask0 sets invisible cells to 0; a row that sees nothing gives zeros. "
                    + "Golovneva et al. 2025 (arXiv 2504.00927), section 3.3. Softmax, norm statistics and accumulation in float32 or better.",
            List.of(
                    new Parameter("query", REQUIRED, "[batch, heads, q_len, head_dim], after RoPE"),
                    new Parameter("key", REQUIRED, "[batch, kv_heads, q_len, head_dim], after RoPE"),
                    new Parameter("value", REQUIRED, "[batch, kv_heads, q_len, head_dim]"),
                    new Parameter(
                            "key_mask",
                            REQUIRED,
                            "[batch, total_len] bool, true = real token; the last past_len + q_len columns are used"),
                    new Parameter("past_key", OPTIONAL, "[batch, kv_heads, past_len, head_dim]; see max_len"),
                    new Parameter("past_value", OPTIONAL, "[batch, kv_heads, past_len, head_dim]; see max_len"),
                    new Parameter(
                            "past_query",
                            OPTIONAL,
                            "[batch, heads, past_rows, head_dim]: the last queries before these, at most (cq_pre - 1) + (cq_post - 1) are needed"),
                    new Parameter("pre_kernel", OPTIONAL, "[heads, 1, cq, ck], last row = current query"),
                    new Parameter("pre_mix", OPTIONAL, "[groups, size, size], each [out, in]"),
                    new Parameter("post_kernel", OPTIONAL, "[heads, 1, cq, ck], last row = current query"),
                    new Parameter("post_mix", OPTIONAL, "[groups, size, size], each [out, in]"),
                    new Parameter("norm_weight", OPTIONAL, "[head_dim], shared by all heads"),
                    new Parameter("gate_weight", OPTIONAL, "[1, head_dim] or [head_dim, head_dim]"),
                    new Parameter("gate_bias", OPTIONAL, "[1] or [head_dim]; present exactly if gate_weight is")),
            List.of(
                    new Parameter("context", REQUIRED, "[batch, q_len, heads * head_dim]"),
                    new Parameter(
                            "present_key",
                            OPTIONAL,
                            "[batch, kv_heads, past_len + q_len, head_dim]; with a window the last window - 1 + (cq_pre - 1) + (cq_post - 1) rows"),
                    new Parameter("present_value", OPTIONAL, "as present_key"),
                    new Parameter(
                            "present_query",
                            OPTIONAL,
                            "[batch, heads, at most (cq_pre - 1) + (cq_post - 1), head_dim]: the last queries")),
            List.of(
                    new Attribute(
                            "num_heads", INT, REQUIRED, "query heads; kv_heads is read from `key` and divides it"),
                    new Attribute("scale", FLOAT, REQUIRED, "factor on query key^T, usually 1 / sqrt(head_dim)"),
                    new Attribute(
                            "max_len",
                            INT,
                            OPTIONAL,
                            STATIC_CACHE
                                    + ", a window neither. past_query and present_query have all (cq_pre - 1) + (cq_post - 1) rows then"),
                    new Attribute("window", INT, OPTIONAL, "keys a query sees, itself included; 0 (default) = all"),
                    new Attribute(
                            "pre_padding",
                            STRING,
                            OPTIONAL,
                            "`both` (default), `left` or `right`: where the key axis is padded before pre_kernel; `both` pads (ck - 1) / 2 on the left, rounded down"),
                    new Attribute("post_padding", STRING, OPTIONAL, "the same for post_kernel"),
                    new Attribute("norm_epsilon", FLOAT, OPTIONAL, "with norm_weight; default 1e-5"),
                    new Attribute(
                            "norm_scale", FLOAT, OPTIONAL, "constant factor on the normalised context; default 1")));

    /** Difference of two softmax maps. */
    public static final OpSchema DIFFERENTIAL_ATTENTION = new OpSchema(
            DOMAIN,
            "DifferentialAttention",
            VERSION,
            "A = softmax(query key^T * scale); O = A [V1 | V2], V1 and V2 being the halves of the value heads, each repeated once; "
                    + "context = norm_scale * rms_norm(O_first - lambda * O_second) over 2 head_dim, the halves taken over query heads. Visibility as in MultiTokenAttention. "
                    + "Ye et al. 2024 (arXiv 2410.05258). Softmax, norm statistics and accumulation in float32 or better.",
            List.of(
                    new Parameter("query", REQUIRED, "[batch, heads, q_len, head_dim], after RoPE"),
                    new Parameter("key", REQUIRED, "[batch, kv_heads, q_len, head_dim], after RoPE"),
                    new Parameter("value", REQUIRED, "[batch, kv_heads, q_len, head_dim]"),
                    new Parameter("key_mask", REQUIRED, "[batch, total_len] bool, true = real token"),
                    new Parameter("lambda", REQUIRED, "[1] float32"),
                    new Parameter("past_key", OPTIONAL, "[batch, kv_heads, past_len, head_dim]; see max_len"),
                    new Parameter("past_value", OPTIONAL, "[batch, kv_heads, past_len, head_dim]; see max_len")),
            List.of(
                    new Parameter("context", REQUIRED, "[batch, q_len, heads * head_dim]"),
                    new Parameter("present_key", OPTIONAL, "[batch, kv_heads, past_len + q_len, head_dim]"),
                    new Parameter("present_value", OPTIONAL, "[batch, kv_heads, past_len + q_len, head_dim]")),
            List.of(
                    new Attribute("num_heads", INT, REQUIRED, "query heads; even"),
                    new Attribute("scale", FLOAT, REQUIRED, "factor on query key^T, usually 1 / sqrt(head_dim)"),
                    new Attribute("max_len", INT, OPTIONAL, STATIC_CACHE),
                    new Attribute("norm_epsilon", FLOAT, REQUIRED, "of the norm over 2 head_dim"),
                    new Attribute("norm_scale", FLOAT, REQUIRED, "1 - lambda_init")));

    private CustomOps() {}

    public static List<OpSchema> all() {
        return List.of(KV_SHIFT, MULTI_TOKEN_ATTENTION, DIFFERENTIAL_ATTENTION);
    }

    /** The declaration of an operator; empty if it is not one of ours. */
    public static Optional<OpSchema> find(String domain, String name) {
        return all().stream()
                .filter(schema ->
                        schema.domain().equals(domain) && schema.name().equals(name))
                .findFirst();
    }
}
