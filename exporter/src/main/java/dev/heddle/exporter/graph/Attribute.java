package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema.AttributeType;
import java.util.List;

/** Value of a node's attribute. */
public sealed interface Attribute {

    AttributeType type();

    record Int(long value) implements Attribute {
        @Override
        public AttributeType type() {
            return AttributeType.INT;
        }
    }

    record Real(float value) implements Attribute {
        @Override
        public AttributeType type() {
            return AttributeType.FLOAT;
        }
    }

    record Text(String value) implements Attribute {
        @Override
        public AttributeType type() {
            return AttributeType.STRING;
        }
    }

    record Ints(List<Long> values) implements Attribute {
        public Ints {
            values = List.copyOf(values);
        }

        @Override
        public AttributeType type() {
            return AttributeType.INTS;
        }
    }

    record Tensor(Literal value) implements Attribute {
        @Override
        public AttributeType type() {
            return AttributeType.TENSOR;
        }
    }

    /** Inside a function body: the value of the function's own attribute of this name. */
    record Reference(String name, AttributeType type) implements Attribute {}
}
