@NullMarked
package dev.heddle.ops;

import org.jspecify.annotations.NullMarked;
