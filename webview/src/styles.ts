/** The style sheets, in their order. */
import './styles/theme.css';
import './styles/page.css';
import './styles/machines.css';
import './styles/bars.css';
import './styles/models.css';
