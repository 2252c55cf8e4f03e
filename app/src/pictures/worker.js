// Makes pictures small, one after the other, and uploads them: away from the page's own thread. What cannot be read here is
// uploaded as it is; the server decides.
{
  // Pixels of the longer side at most.
  const MOST_PX = 2560;
  const QUALITY = 0.85;
  // What the server takes at most: it would end the upload, and some browsers would not hear why.
  const MOST_BYTES = 10_000_000;
  // What the server takes as it is.
  const TAKEN = ["image/png", "image/jpeg", "image/gif", "image/webp"];
  // Where an animation announces itself.
  const HEAD_BYTES = 4096;

  // By the page's numbers; nothing before the upload begins.
  /** @type {Map<number, XMLHttpRequest | undefined>} */
  const uploads = new Map();
  let turn = Promise.resolve();
  const page = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));

  page.onmessage = ({ data: { id, file, to } }) => {
    if (!file) return cancel(id);
    uploads.set(id, undefined);
    turn = turn.then(() => add(id, file, to)).catch(() => page.postMessage({ id, status: 0, answer: "" }));
  };

  /** @param {number} id @param {File} file @param {string} to */
  async function add(id, file, to) {
    if (!uploads.has(id)) return;
    const picture = await shrunk(file).catch(() => file);
    if (!uploads.has(id)) return;
    if (picture.size > MOST_BYTES) return page.postMessage({ id, status: 413, answer: '{"error":"picture_too_large"}' });
    const request = new XMLHttpRequest();
    uploads.set(id, request);
    request.upload.onprogress = ({ loaded, total }) => {
      if (uploads.has(id)) page.postMessage({ id, percent: Math.floor((100 * loaded) / total) });
    };
    request.onloadend = () => {
      if (uploads.delete(id)) page.postMessage({ id, status: request.status, answer: request.responseText });
    };
    request.open("POST", to);
    request.send(picture);
  }

  /** @param {number} id */
  function cancel(id) {
    const request = uploads.get(id);
    uploads.delete(id);
    request?.abort();
  }

  /** @param {File} file */
  async function shrunk(file) {
    if (moves(await file.slice(0, HEAD_BYTES).text())) return file;
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
    /** @param {number} length */
    const scaled = (length) => Math.max(1, Math.round(length * scale));
    const [width, height] = [scaled(bitmap.width), scaled(bitmap.height)];
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const encoded = await encode(canvas, file.type);
    return scale === 1 && TAKEN.includes(file.type) && file.size <= encoded.size ? file : encoded;
  }

  /** @param {OffscreenCanvas} canvas @param {string} type */
  async function encode(canvas, type) {
    const encoded = await canvas.convertToBlob({ type: "image/webp", quality: QUALITY });
    // A browser that does not write WebP writes PNG, which photographs are too large in. What may be transparent stays so.
    const isPhotograph = encoded.type !== "image/webp" && type !== "image/png" && type !== "image/webp";
    return isPhotograph ? canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }) : encoded;
  }

  // Whether a file is an animation, of which only its first picture would be left: any GIF, a PNG with a list of frames, a WebP
  // whose flags say so.
  /** @param {string} head */
  function moves(head) {
    const isMovingWebp = head.startsWith("RIFF") && head.includes("ANIM");
    return head.startsWith("GIF8") || (head.startsWith("PNG", 1) && head.includes("acTL")) || isMovingWebp;
  }
}
