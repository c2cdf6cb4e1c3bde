package dev.heddle.runtime.parity;

/** How many values of one side are no finite numbers. */
public record NonFinite(long nans, long infinities) {
    static final NonFinite NONE = new NonFinite(0, 0);

    NonFinite and(double value) {
        if (Double.isNaN(value)) {
            return new NonFinite(nans + 1, infinities);
        }
        return Double.isInfinite(value) ? new NonFinite(nans, infinities + 1) : this;
    }
}
