--- Draws suggestions where Neovim has no inline completion of its own: 0.10 and 0.11.
local M = {}

local namespace = vim.api.nvim_create_namespace('charrnn')

vim.api.nvim_set_hl(0, 'ComplHint', { default = true, link = 'NonText' }) -- the groups of 0.12
vim.api.nvim_set_hl(0, 'ComplHintMore', { default = true, link = 'MoreMsg' })

function M.open() end

function M.close(buf)
  M.clear(buf)
end

---Ask the server.
---@return boolean sent, integer? request
function M.request(client, params, handler, buf)
  return require('charrnn.client').call(client, 'request', 'textDocument/inlineCompletion', params, handler, buf)
end

---@param texts string[]
---@param index integer
---@param cycled boolean whether to say which of how many it is
function M.show(buf, _, texts, index, row, col, cycled)
  M.clear(buf)
  local lines = vim.tbl_map(function(line)
    return { { line, 'ComplHint' } }
  end, vim.split(texts[index], '\n', { plain = true }))
  if cycled then
    table.insert(lines[#lines], { (' (%d/%d)'):format(index, #texts), 'ComplHintMore' })
  end
  vim.api.nvim_buf_set_extmark(buf, namespace, row, col, {
    virt_text = lines[1],
    virt_text_pos = 'inline',
    virt_lines = #lines > 1 and vim.list_slice(lines, 2) or nil,
    hl_mode = 'combine',
  })
end

function M.clear(buf)
  if vim.api.nvim_buf_is_valid(buf) then
    vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  end
end

---The text that is accepted now.
---@param take fun(text?: string) called when the text may be changed, which it may not in a mapping with `expr`
---@return boolean
function M.take(_, _, take)
  vim.schedule(take)
  return true
end

return M
