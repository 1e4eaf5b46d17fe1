// What is read on the page: every text with its size in pixels, where it stands, and whether all of it is seen.

const drawn = new Map(); // canvas -> its texts

/** From now on the texts that are drawn on canvases are known too: the axes of charts. */
export function watchCanvases() {
  const plain = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    const px = Number.parseFloat(/([\d.]+)px/.exec(this.font)?.[1]) / window.devicePixelRatio;
    const texts = drawn.get(this.canvas) ?? new Map();
    drawn.set(this.canvas, texts.set(text, px));
    return plain.call(this, text, ...place);
  };
}

/** By panel: its texts in reading order, and whether a part of it is reached only by scrolling to the side. */
export function measured() {
  return [...document.querySelectorAll('[data-panel]')].map((panel) => ({
    id: Number(panel.dataset.panel),
    texts: [...written(panel), ...plotted(panel)],
    wide: [...panel.querySelectorAll('*')].some(scrollsSideways),
  }));
}

function* written(panel) {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || ['STYLE', 'TITLE', 'DESC'].includes(element.tagName.toUpperCase())) {
      continue;
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || getComputedStyle(element).visibility === 'hidden') {
      continue;
    }
    yield {
      text: node.data,
      px: Number.parseFloat(getComputedStyle(element).fontSize),
      box: [box.left, box.top, box.right, box.bottom].map(Math.round),
      part: partOf(element),
      cut: cutAt(element, box, panel),
    };
  }
}

function* plotted(panel) {
  for (const canvas of panel.querySelectorAll('canvas')) {
    for (const [text, px] of drawn.get(canvas) ?? []) {
      yield { text, px, box: null, part: 'axis', cut: '' };
    }
  }
}

/** title, head (of a column), cell, or inside. */
function partOf(element) {
  if (element.closest('[data-testid="header-container"]')) {
    return 'title';
  }
  const role = element.closest('[role="columnheader"], [role="cell"]')?.getAttribute('role');
  return { columnheader: 'head', cell: 'cell' }[role] ?? 'inside';
}

/** '' where all of a text is seen; 'side' where it is cut at the side, 'below' where one must scroll. */
function cutAt(element, box, panel) {
  for (let around = element; around !== panel.parentElement; around = around.parentElement) {
    const style = getComputedStyle(around);
    const edge = around.getBoundingClientRect();
    const clips = around === panel || style.overflowX !== 'visible';
    const spared = style.textOverflow === 'ellipsis' ? Number.parseFloat(style.paddingRight) : 0; // no letter is drawn there
    if (clips && (box.right > edge.right - spared + 1 || box.left < edge.left - 1)) {
      return 'side';
    }
    if ((around === panel || style.overflowY !== 'visible') && (box.bottom > edge.bottom + 2 || box.top < edge.top - 2)) {
      return 'below';
    }
  }
  return '';
}

function scrollsSideways(element) {
  return /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
}
