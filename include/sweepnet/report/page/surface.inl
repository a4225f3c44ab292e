// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What plots draw on: dots, boxes and lines on a canvas, few or thousands of them.

inline constexpr std::string_view script_surface = R"page(
// Few marks are drawn smoothly. Many are written into the pixels themselves, lines by a LineField:
// stroking 10,000 lines across a window takes Chromium half a second.
class Surface {
  constructor(canvas, many) {
    this.canvas = canvas;
    this.many = many;
    this.pen = canvas.getContext("2d");
  }

  // `fresh`: lines that were drawn before are not to be seen again.
  start(width, height, fresh) {
    // Twice the pixels where that is cheap, so that print is sharp, too.
    this.scale = this.many ? Math.min(2, Math.max(1, devicePixelRatio)) : Math.max(2, devicePixelRatio);
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
    if (this.many) return this.field.add(xs, ys, from, to, this.scale, paint);
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
    const reach = Math.max(1, Math.round(size * scale * 0.6));
    const left = Math.round(x * scale);
    const top = Math.round(y * scale);
    for (let down = -reach; down <= reach; ++down) {
      const row = top + down;
      if (row < 0 || row >= height) continue;
      const half = triangle ? (down + reach) >> 1 : Math.abs(down) === reach ? reach - 1 : reach;
      const end = Math.min(width - 1, left + half);
      for (let at = Math.max(0, left - half); at <= end; ++at) pixels[row * width + at] = bits;
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

  finish() {
    if (!this.many) return;
    this.field.layOver(this.pixels);
    this.pen.putImageData(this.image, 0, 0);
  }
}
)page";
