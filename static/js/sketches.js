/*
 * What is half typed at a table and not sent: a new note, and corrections of notes or of what waits. Each is kept on this
 * device by itself, so that a correction never costs a half-typed note, nor a closed browser either of them.
 *
 * A sketch: {subject, words, was}. `subject` is what is corrected, null for a new note; `was` are the words it began with.
 */
import { storage } from "./kept.js";

const nameOf = (subject) => (subject ? (subject.seq ? `entry-${subject.seq}` : `note-${subject.id}`) : "new");

export class Sketches {
  constructor(key) {
    this.key = key;
    const left = storage.read(key);
    this.last = left?.last ?? nameOf(null);
    this.all = left?.all ?? {};
  }

  of(subject) {
    return this.all[nameOf(subject)];
  }

  /* The one that was written on last. */
  newest() {
    return this.all[this.last] ?? this.of(null);
  }

  keep(sketch) {
    this.last = nameOf(sketch.subject);
    this.all[this.last] = sketch;
    storage.write(this.key, { last: this.last, all: this.all });
  }

  drop(subject) {
    delete this.all[nameOf(subject)];
    if (Object.keys(this.all).length) {
      storage.write(this.key, { last: this.last, all: this.all });
    } else {
      storage.drop(this.key);
    }
  }
}
