// What the page shows text from outside by.
export { escapeHidden, visible, visibleLines, visibleStart } from '../../../core/text/visible.ts'
