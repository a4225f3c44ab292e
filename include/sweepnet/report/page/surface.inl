// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Lines and dots on a canvas, thousands of them within a frame.

inline constexpr std::string_view script_surface = R"page(// Few marks are stroked smoothly. Many are written into the pixels themselves: stroking 10,000 lines
// across a window takes Chromium half a second, writing them some 20 ms.
class Surface {
  constructor(canvas, many) {
    this.canvas = canvas;
    this.many = many;
    this.pen = canvas.getContext("2d");
  }

  start(width, height) {
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
      }
      this.pixels.fill(0);
    } else {
      this.pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      this.pen.clearRect(0, 0, width, height);
      this.pen.lineJoin = "round";
    }
  }

  // Joins the points `from` to `to` (exclusive) of xs and ys; where x or y is NaN the line is broken.
  line(xs, ys, from, to, paint, width = 1, dashed = false) {
    if (this.many) return this.#pixelLine(xs, ys, from, to, palette.bits[paint]);
    this.pen.strokeStyle = palette.css[paint];
    this.pen.lineWidth = width;
    this.pen.setLineDash(dashed ? [4, 3] : []);
    this.pen.beginPath();
    let down = false;
    for (let i = from; i < to; ++i) {
      const there = xs[i] === xs[i] && ys[i] === ys[i];
      if (there && down) this.pen.lineTo(xs[i], ys[i]);
      else if (there) this.pen.moveTo(xs[i], ys[i]);
      down = there;
    }
    this.pen.stroke();
  }

  #pixelLine(xs, ys, from, to, bits) {
    const {pixels, scale} = this;
    const {width, height} = this.canvas;
    const right = width - 1;
    const bottom = height - 1;
    let x0 = NaN;
    let y0 = NaN;
    for (let i = from; i < to; ++i) {
      const x1 = Math.min(right, Math.max(0, xs[i] * scale));
      const y1 = Math.min(bottom, Math.max(0, ys[i] * scale));
      if (x0 === x0 && y0 === y0 && x1 === x1 && y1 === y1) {
        const steps = Math.max(1, Math.round(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
        // Places in 16.16 fixed point.
        const across = (x1 - x0) / steps * 65536 | 0;
        const down = (y1 - y0) / steps * 65536 | 0;
        let x = x0 * 65536 | 0;
        let y = y0 * 65536 | 0;
        for (let step = 0; step <= steps; ++step) {
          pixels[(y >> 16) * width + (x >> 16)] = bits;
          x += across;
          y += down;
        }
      }
      x0 = x1;
      y0 = y1;
    }
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
    const reach = Math.max(1, Math.round(size * scale * 0.6));
    const left = Math.round(x * scale);
    const top = Math.round(y * scale);
    for (let down = -reach; down <= reach; ++down) {
      const row = top + down;
      if (row < 0 || row >= height) continue;
      const half = triangle ? (down + reach) >> 1 : Math.abs(down) === reach ? reach - 1 : reach;
      const end = Math.min(width - 1, left + half);
      for (let at = Math.max(0, left - half); at <= end; ++at) pixels[row * width + at] = palette.bits[paint];
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
    const bottom = Math.min(this.canvas.height, Math.round((y + height) * this.scale));
    for (let row = Math.max(0, Math.round(y * this.scale)); row < bottom; ++row) {
      this.pixels.fill(palette.bits[paint], row * across + left, row * across + right);
    }
  }

  finish() {
    if (this.many) this.pen.putImageData(this.image, 0, 0);
  }
}
)page";
