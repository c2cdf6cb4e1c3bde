package dev.heddle.models.weight;

/**
 * One block of few bits: value[i] = (codes[i] - zero) * scale.
 *
 * @param error sum of the squared differences to the values it was made from
 */
record Block(byte[] codes, int zero, double scale, double error) {

    double value(int index) {
        return (Byte.toUnsignedInt(codes[index]) - zero) * scale;
    }
}
