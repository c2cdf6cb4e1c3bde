package dev.heddle.models.decoder;

/** Pre-norm block: h = x + attention(norm(x)); out = h + feedForward(norm(h)). */
public record DecoderLayer(
        String path,
        RmsNorm attentionNorm,
        AttentionBlock attention,
        RmsNorm feedForwardNorm,
        FeedForward feedForward) {}
