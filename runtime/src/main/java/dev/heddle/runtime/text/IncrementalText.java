package dev.heddle.runtime.text;

import java.util.Arrays;

/**
 * Turns a growing sequence of ids into pieces of text, as it grows.
 *
 * <p>A tokenizer drops the space in front of a text and cannot show half a character, so a token alone does not tell
 * its text. A piece is therefore the difference of two decodings that start at the same earlier token; it is held
 * back while the text ends in the middle of a character. Not thread-safe.
 */
public final class IncrementalText {
    private static final char INCOMPLETE = '\ufffd';
    /** UTF-8 needs at most four bytes, so four tokens; what is still broken then stays broken. */
    private static final int LONGEST_WAIT = 4;
    /** Enough context in front that the first piece keeps its leading space. */
    private static final int CONTEXT = 6;

    private final Tokenizer tokenizer;
    /** Tokens whose text was given out, as context, then those whose text is held back. */
    private long[] ids;

    private int shown;

    /** @param prompt the ids before the first piece */
    public IncrementalText(Tokenizer tokenizer, long[] prompt) {
        this.tokenizer = tokenizer;
        this.ids = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - CONTEXT), prompt.length);
        this.shown = ids.length;
    }

    /** The text that this id adds; empty while a character is incomplete. */
    public String append(long id) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        String before = tokenizer.decode(Arrays.copyOf(ids, shown));
        String now = tokenizer.decode(ids);
        boolean incomplete = !now.isEmpty() && now.charAt(now.length() - 1) == INCOMPLETE;
        if (incomplete && ids.length - shown < LONGEST_WAIT) {
            return "";
        }
        if (now.length() <= before.length()) {
            // A token without text cannot be the context of the next one: its leading space would be lost.
            shown = ids.length;
            return "";
        }
        ids = Arrays.copyOfRange(ids, shown, ids.length);
        shown = ids.length;
        return now.substring(before.length());
    }
}
