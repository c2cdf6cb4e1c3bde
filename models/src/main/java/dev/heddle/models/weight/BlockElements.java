package dev.heddle.models.weight;

/** The values that blocks stand for, as float64. */
record BlockElements(Blocks blocks) implements BlockValues {

    @Override
    public int block() {
        return blocks.format().block();
    }

    @Override
    public Values values(long first, int count) {
        Block[] read = blocks.read(first, count).blocks();
        return (block, at) -> read[block].value(at);
    }
}
