package dev.heddle.runtime.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.GptBytePairEncodingParams;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.heddle.runtime.Lifetime;
import dev.heddle.runtime.ModelFormatException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A list of tiktoken ranks with the rules that Llama 3 and lingua use for it.
 *
 * <p>256 special tokens follow the ranks: begin of text is the first, end of text the second. As in lingua's
 * tokenizer, a prompt gets begin of text in front, and text that looks like a special token is ordinary text.
 */
final class TiktokenTokens implements Tokenizer {
    /** Same as Python's, where white space and case are those of Unicode. */
    private static final Pattern WORDS = Pattern.compile(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+"
                    + "|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private final Encoding encoding;
    private final int ordinaryTokens;
    private final Lifetime lifetime;

    /** @throws ModelFormatException if the file is not a list of ranks */
    TiktokenTokens(Path file) {
        Map<byte[], Integer> ranks = TiktokenRanks.read(file);
        ordinaryTokens = ranks.size();
        String name = file.toString();
        encoding = Encodings.newLazyEncodingRegistry()
                .registerGptBytePairEncoding(new GptBytePairEncodingParams(name, WORDS, ranks, new HashMap<>()))
                .getEncoding(name)
                .orElseThrow();
        lifetime = new Lifetime("tokenizer " + file);
    }

    @Override
    public long[] encode(String text) {
        lifetime.enter();
        try {
            IntArrayList ids = encoding.encodeOrdinary(text);
            long[] withBos = new long[ids.size() + 1];
            withBos[0] = ordinaryTokens;
            for (int i = 0; i < ids.size(); i++) {
                withBos[i + 1] = ids.get(i);
            }
            return withBos;
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public String decode(long[] ids) {
        lifetime.enter();
        try {
            var ordinary = new IntArrayList(ids.length);
            for (long id : ids) {
                if (id >= 0 && id < ordinaryTokens) {
                    ordinary.add((int) id);
                }
            }
            return new String(encoding.decodeBytes(ordinary), StandardCharsets.UTF_8);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public OptionalLong endOfText() {
        return OptionalLong.of(ordinaryTokens + 1L);
    }

    /** Holds no native memory, but keeps the rule that nothing works after it. */
    @Override
    public void close() {
        lifetime.close(() -> {});
    }
}
