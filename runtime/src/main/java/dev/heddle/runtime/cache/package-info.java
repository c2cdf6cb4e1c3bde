/**
 * The loop around a model with a cache: the state that one step gives is what the next step takes.
 *
 * <p>Entry types: {@link dev.heddle.runtime.cache.Decoder} runs steps on a {@link dev.heddle.runtime.cache.CacheState},
 * {@link dev.heddle.runtime.cache.Forward} runs a whole sequence, at once or in chunks. What the state is made of is
 * read from the names and shapes of the graph alone, so any model that follows the graph contract runs. Choosing
 * tokens and turning them into text belongs to the packages above.
 */
@NullMarked
package dev.heddle.runtime.cache;

import org.jspecify.annotations.NullMarked;
