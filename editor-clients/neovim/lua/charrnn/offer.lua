--- What the server offered, and what is left of it after the writer has typed on.
local M = {}

---@class charrnn.Offer
---@field texts string[] alternatives to insert at the place
---@field index integer the one that is shown
---@field row integer the place, as extmarks count
---@field col integer in bytes
---@field before string the line up to the place
---@field after string the line from the place on

local function line_at(buf, row)
  return vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1]
end

---@return charrnn.Offer
function M.at(buf, row, col, texts)
  local line = line_at(buf, row) or ''
  return { texts = texts, index = 1, row = row, col = col, before = line:sub(1, col), after = line:sub(col + 1) }
end

---What was typed from the place of the offer up to `row`, `col`; nil if anything else changed around it.
---@return string?
function M.typed(buf, offer, row, col)
  local first, last = line_at(buf, offer.row), line_at(buf, row)
  local behind = row > offer.row or (row == offer.row and col >= offer.col)
  if not (behind and first and last and first:sub(1, offer.col) == offer.before) then
    return nil
  end
  if last:sub(col + 1) ~= offer.after then
    return nil
  end
  return table.concat(vim.api.nvim_buf_get_text(buf, offer.row, offer.col, row, col, {}), '\n')
end

---@class charrnn.Rest what is left of one alternative
---@field text string
---@field number integer its place among the offered texts

---What is left of each alternative that goes on from what was typed.
---@return charrnn.Rest[] rests, integer chosen which of them is of the shown one; 1 if nothing is left of that
function M.rests(buf, offer, row, col)
  local typed, rests, chosen = M.typed(buf, offer, row, col), {}, 1
  for number, text in ipairs(typed and offer.texts or {}) do
    if #text > #typed and vim.startswith(text, typed) then
      table.insert(rests, { text = text:sub(#typed + 1), number = number })
      chosen = number == offer.index and #rests or chosen
    end
  end
  return rests, chosen
end

---The beginning of `text` that one key takes.
---@param unit 'all'|'word'|'line'
---@return string
function M.cut(text, unit)
  if unit == 'word' then
    return text:match('^%s*%S+') or text
  elseif unit == 'line' then
    return text:match('^\n*[^\n]+') or text
  end
  return text
end

return M
