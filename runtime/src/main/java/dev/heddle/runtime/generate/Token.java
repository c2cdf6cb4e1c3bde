package dev.heddle.runtime.generate;

/**
 * A token that a model made.
 *
 * @param text what it adds to the text: empty without a tokenizer, or while a character is incomplete
 */
public record Token(long id, String text) {}
