--- Places in a buffer as the protocol counts them.
local M = {}

---@param client vim.lsp.Client whose encoding counts
---@param row integer as extmarks count
---@param col integer in bytes
---@return lsp.Position
function M.position(client, buf, row, col)
  local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
  col = math.min(col, #line)
  if client.offset_encoding == 'utf-8' then
    return { line = row, character = col }
  end
  local utf32, utf16 = vim.str_utfindex(line, col) -- in this form in every version
  return { line = row, character = client.offset_encoding == 'utf-16' and utf16 or utf32 }
end

---@return lsp.TextDocumentPositionParams
function M.params(client, buf, row, col)
  return { textDocument = { uri = vim.uri_from_bufnr(buf) }, position = M.position(client, buf, row, col) }
end

return M
