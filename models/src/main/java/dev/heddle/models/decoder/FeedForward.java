package dev.heddle.models.decoder;

/** SwiGLU: down(silu(gate(x)) * up(x)). Shazeer 2020. */
public record FeedForward(String path, Linear gate, Linear up, Linear down) {}
