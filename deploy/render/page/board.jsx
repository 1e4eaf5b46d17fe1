// A whole board: Grafana's frames of panels on its grid of 24 columns. `drawBoard` draws it, `measured` tells what is read on it.
import { createRoot } from 'react-dom/client';
import { createTheme, dateTime, dateTimeFormat, EventBusSrv, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { framesOf } from './frames.js';
import { register, shown } from './fields.js';
import { Inside } from './panels.jsx';
import { measured, watchCanvases } from './measure.js';

const [COLUMNS, ROW, GAP, MARGIN] = [24, 30, 8, 16];
const HEAD = 64;
const STILL_FRAMES = 3; // drawn alike so often in a row, it is done
const FRAMES_MAX = 600;

register();
watchCanvases();

/** Draws it, and ends when nothing moves any more. `width` is what Grafana's menu leaves of the window; gives the height. */
window.drawBoard = async function ({ board, answers, span, variables, width }) {
  const theme = createTheme({ colors: { mode: 'dark' } });
  const fill = (text) => filled(text, variables);
  const range = { from: dateTime(span.from * 1000), to: dateTime(span.to * 1000), raw: { from: 'now-14d', to: 'now' } };
  const context = { theme, timeZone: board.timezone, range, fill };
  const data = {};
  for (const panel of board.panels.filter((panel) => panel.targets)) {
    const frames = framesOf(panel, answers[panel.id], span.step);
    data[panel.id] = await shown(panel, frames, theme, board.timezone, fill);
  }
  const height = HEAD + Math.max(...board.panels.map((panel) => (panel.gridPos.y + panel.gridPos.h) * (ROW + GAP)));
  const root = document.createElement('div');
  document.body.replaceChildren(root);
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionSidebarOpen={false} />
      <PanelContextProvider value={{ eventBus: new EventBusSrv(), eventsScope: 'board' }}>
        <Head board={board} range={range} variables={variables} />
        {board.panels.map((panel) => (
          <Placed key={panel.id} panel={panel} data={data[panel.id]} boardWidth={width - 2 * MARGIN} context={context} />
        ))}
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
  await document.fonts.ready;
  await still();
  return height + MARGIN;
};

window.measuredBoard = measured;

function Head({ board, range, variables }) {
  const chosen = Object.entries(variables).filter(([name]) => !name.startsWith('__')).map(([name, value]) => `${name}: ${value}`);
  const clock = (at) => dateTimeFormat(at, { format: 'YYYY-MM-DD HH:mm', timeZone: board.timezone });
  return (
    <header style={{ position: 'absolute', left: MARGIN, top: GAP, lineHeight: 1.5 }}>
      <div style={{ fontSize: 18, fontWeight: 500 }}>{board.title}</div>
      <div style={{ fontSize: 12, opacity: 0.7 }}>
        {clock(range.from)} – {clock(range.to)} · {chosen.join(' · ')}
      </div>
    </header>
  );
}

function Placed({ panel, data, boardWidth, context }) {
  const { x, y, w, h } = panel.gridPos;
  const column = (boardWidth - GAP * (COLUMNS - 1)) / COLUMNS;
  const [width, height] = [w * column + (w - 1) * GAP, h * ROW + (h - 1) * GAP];
  const place = { position: 'absolute', left: MARGIN + x * (column + GAP), top: HEAD + y * (ROW + GAP), width, height };
  if (panel.type === 'row') {
    return <h6 style={{ ...place, margin: 0, fontSize: 16, lineHeight: `${ROW}px` }}>{panel.title}</h6>;
  }
  return (
    <div style={place} data-panel={panel.id}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
        {(innerWidth, innerHeight) => (
          <Inside panel={panel} data={data} width={innerWidth} height={innerHeight} {...context} />
        )}
      </PanelChrome>
    </div>
  );
}

/** A text with the board's variables: $name, ${name}, ${name:format}. */
function filled(text, variables) {
  return text?.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (all, braced, bare) => variables[braced ?? bare] ?? all);
}

async function still() {
  let [before, same] = ['', 0];
  for (let frame = 0; frame < FRAMES_MAX && same < STILL_FRAMES; frame++) {
    await new Promise((next) => requestAnimationFrame(next));
    const now = JSON.stringify(measured());
    same = now === before ? same + 1 : 0;
    before = now;
  }
}
