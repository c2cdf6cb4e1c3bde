package dev.heddle.models.attention;

import java.util.Locale;

/** On which side of the key axis a score convolution is padded with zeros, so that its width stays the same. */
public enum KeyPadding {
    /** Centred: (width - 1) / 2 columns on the left, the rest on the right. */
    BOTH,
    /** All columns on the left: key j sees keys up to j. */
    LEFT,
    /** All columns on the right: key j sees keys from j on. */
    RIGHT;

    /** As the operator's attributes spell it. */
    public String attribute() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Zero columns on the left of a kernel of this width. For an even width and BOTH: width / 2 - 1 (Golovneva et al. 2025, eq. 4). */
    public int left(int width) {
        return switch (this) {
            case BOTH -> (width - 1) / 2;
            case LEFT -> width - 1;
            case RIGHT -> 0;
        };
    }

    /** Zero columns on the right of a kernel of this width. */
    public int right(int width) {
        return width - 1 - left(width);
    }
}
