package dev.heddle.models.weight;

/**
 * What is odd about the elements of a weight.
 *
 * @param nonFinite NaN and infinite elements
 * @param overflowed finite elements that the target format cannot hold
 * @param largest the one of them that is farthest from zero, the first of several; 0 if there is none
 */
record Losses(long nonFinite, long overflowed, double largest) {

    static final Losses NONE = new Losses(0, 0, 0);

    /** Of these elements and those that follow them. */
    Losses plus(Losses next) {
        return new Losses(
                nonFinite + next.nonFinite,
                overflowed + next.overflowed,
                Math.abs(next.largest) > Math.abs(largest) ? next.largest : largest);
    }
}
