package dev.heddle.models.checkpoint;

/** Text from a file made fit for a one-line message: no control characters, not endless. */
public final class Printable {

    private static final int MAX_CHARS = 200;

    private Printable() {}

    public static String of(String text) {
        String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "..." : text;
        return cut.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
