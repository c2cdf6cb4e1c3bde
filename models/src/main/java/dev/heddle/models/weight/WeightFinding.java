package dev.heddle.models.weight;

/**
 * What is odd about the values of a weight that was written.
 *
 * @param weight its name
 * @param nonFinite elements that are NaN or infinite in the source
 * @param clipped elements that were too large for the written type, and were cut to its largest
 */
public record WeightFinding(String weight, long nonFinite, long clipped) {

    /** For instance {@code tensor x holds 3 NaN or infinite values}. */
    @Override
    public String toString() {
        String text = "tensor " + weight;
        if (nonFinite > 0) {
            text += " holds " + nonFinite + " NaN or infinite " + values(nonFinite);
        }
        if (clipped > 0) {
            text += (nonFinite > 0 ? " and" : "") + " has " + clipped + " " + values(clipped)
                    + " cut to the largest of the written type";
        }
        return text;
    }

    private static String values(long count) {
        return count == 1 ? "value" : "values";
    }
}
