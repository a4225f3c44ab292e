// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What plots draw on: dots, boxes and lines on a canvas, few or thousands of them.

inline constexpr std::string_view script_surface = R"page(
// Few marks are drawn by the browser. Many are written into the pixels themselves, lines by a LineField:
// without a GPU, stroking 10,000 lines across a window takes Chromium half a second.
class Surface {
  constructor(canvas, many) {
    this.canvas = canvas;
    this.many = many;
    this.pen = canvas.getContext("2d");
  }

  // `fresh`: lines that were drawn before are not to be seen again.
  start(width, height, fresh) {
    this.scale = printing ? 2 : Math.min(2, devicePixelRatio);
    const across = Math.round(width * this.scale);
    const down = Math.round(height * this.scale);
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
      this.image = null;
    }
    if (this.many) {
      if (!this.image) {
        this.image = this.pen.createImageData(across, down);
        this.pixels = new Uint32Array(this.image.data.buffer);
        this.field = new LineField(across, down);
      }
      this.pixels.fill(palette.bits[paints.card]);
      if (fresh) this.field.clear();
    } else {
      this.pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      this.pen.clearRect(0, 0, width, height);
      this.pen.lineJoin = "round";
    }
  }

  // Joins the points `from` to `to` (exclusive) of xs and ys; where y is NaN the line is broken.
  line(xs, ys, from, to, paint, width = 1, dashed = false) {
    if (this.many) return this.field.add(xs, ys, from, to, this.scale, paint, dashed);
    this.pen.strokeStyle = palette.css[paint];
    this.pen.lineWidth = width;
    this.pen.setLineDash(dashed ? [4, 3] : []);
    this.pen.beginPath();
    let down = false;
    for (let i = from; i < to; ++i) {
      const there = ys[i] === ys[i];
      if (there && down) this.pen.lineTo(xs[i], ys[i]);
      else if (there) this.pen.moveTo(xs[i], ys[i]);
      down = there;
    }
    this.pen.stroke();
  }

  // The second of two sweeps has triangles, so that colour is not all that tells them apart.
  dot(x, y, paint, size, triangle) {
    if (x !== x || y !== y) return;
    if (!this.many) {
      this.pen.fillStyle = palette.css[paint];
      this.pen.beginPath();
      if (triangle) {
        this.pen.moveTo(x, y - size);
        this.pen.lineTo(x + size, y + size * 0.8);
        this.pen.lineTo(x - size, y + size * 0.8);
      } else {
        this.pen.arc(x, y, size * 0.9, 0, 7);
      }
      this.pen.fill();
      return;
    }
    const {pixels, scale} = this;
    const {width, height} = this.canvas;
    const bits = palette.bits[paint];
    const {reach, cover} = stampOf(size * scale * 0.9, triangle);
    const left = Math.round(x * scale) - reach;
    const top = Math.round(y * scale) - reach;
    const side = 2 * reach + 1;
    if (left < 0 || top < 0 || left + side > width || top + side > height) return;
    for (let i = 0; i < cover.length; ++i) {
      if (cover[i] === 0) continue;
      const at = (top + (i / side | 0)) * width + left + i % side;
      pixels[at] = cover[i] === 256 ? bits : blend(pixels[at], bits, cover[i]);
    }
  }

  box(x, y, width, height, paint) {
    if (!this.many) {
      this.pen.fillStyle = palette.css[paint];
      this.pen.fillRect(x, y, width, height);
      return;
    }
    const across = this.canvas.width;
    const left = Math.max(0, Math.round(x * this.scale));
    const right = Math.min(across, Math.max(left + 1, Math.round((x + width) * this.scale)));
    const top = Math.max(0, Math.round(y * this.scale));
    const bottom = Math.min(this.canvas.height, Math.max(top + 1, Math.round((y + height) * this.scale)));
    for (let row = top; row < bottom; ++row) {
      this.pixels.fill(palette.bits[paint], row * across + left, row * across + right);
    }
  }

  // Shows what was drawn.
  finish() {
    if (!this.many) return;
    this.field.layOver(this.pixels);
    this.pen.putImageData(this.image, 0, 0);
  }
}

// `above` laid over `below`, much / 256 of it.
function blend(below, above, much) {
  const odd = ((above & 0xff00ff) * much + (below & 0xff00ff) * (256 - much)) >>> 8 & 0xff00ff;
  const even = ((above & 0xff00) * much + (below & 0xff00) * (256 - much)) >>> 8 & 0xff00;
  return 0xff000000 | odd | even;
}

// How much of each pixel around its middle a dot covers, of 256.
const stamps = new Map();
function stampOf(radius, triangle) {
  const key = triangle ? -radius : radius;
  if (stamps.has(key)) return stamps.get(key);
  const reach = Math.ceil(radius + 0.5);
  const side = 2 * reach + 1;
  const cover = Uint16Array.from({length: side * side}, (_, i) => {
    let inside = 0;
    for (let part = 0; part < 64; ++part) {
      const x = i % side - reach + (part % 8 - 3.5) / 8;
      const y = Math.floor(i / side) - reach + (Math.floor(part / 8) - 3.5) / 8;
      inside += triangle ? y < radius && Math.abs(x) * 1.8 < y + radius * 1.1 : x * x + y * y < radius * radius;
    }
    return inside * 4;
  });
  stamps.set(key, {reach, cover});
  return stamps.get(key);
}
)page";
