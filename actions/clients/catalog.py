"""The catalogue: search, products, categories and promotions."""

from urllib.parse import quote

from actions.clients.catalog_models import Categories, ProductDetail, Promotions, SearchResult
from actions.clients.http import BackendClient

MAX_QUERY = 200


class CatalogClient(BackendClient):
    """Reads the catalogue; each call raises what `BackendClient.read` does."""

    async def search(
        self,
        language: str,
        query: str | None = None,
        *,
        category: str | None = None,
        brand: str | None = None,
        price_min: float | None = None,
        price_max: float | None = None,
        options: str | None = None,
        sort: str | None = None,
        limit: int = 5,
        offset: int = 0,
    ) -> SearchResult:
        """Find products by the customer's own words, of which 200 characters are used.

        A price given here goes before the one in the words. `options` are values or labels that
        one variant must have, parted by commas.
        """
        params = {
            "q": query[:MAX_QUERY] if query else None,
            "lang": language,
            "category": category,
            "brand": brand,
            "price_min": price_min,
            "price_max": price_max,
            "options": options,
            "sort": sort,
            "limit": limit,
            "offset": offset,
        }
        return await self.read(SearchResult, "/v1/products", params)

    async def product(self, product_id: str, language: str) -> ProductDetail:
        """Return a product by its id or by the SKU of one of its variants.

        Raises:
            NotFound: There is none.
        """
        path = f"/v1/products/{quote(product_id, safe='')}"
        return await self.read(ProductDetail, path, {"lang": language})

    async def categories(self, language: str) -> Categories:
        """Return the categories."""
        return await self.read(Categories, "/v1/categories", {"lang": language})

    async def promotions(
        self, language: str, product: str | None = None, category: str | None = None
    ) -> Promotions:
        """Return the offers that hold now, for a product or category if one is given."""
        params = {"lang": language, "product": product, "category": category}
        return await self.read(Promotions, "/v1/promotions", params)
